/**
 * A database that tells how many rows each statement reads: every statement is explained first, as it would run,
 * and undone. So a bound on what a statement may touch can be held without a clock.
 *
 *   statement -> EXPLAIN ANALYZE, rolled back -> rows of its scans -> the statement itself
 */
import type { Db, Queryable } from '../../src/core/db.ts'

export interface Touched {
  sql: string
  /** Rows that its scans read, those that a filter left out with them. */
  rows: number
}

interface Plan {
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: Plan[]
}

const scanned = (plan: Plan): number =>
  plan.Plans && plan.Plans.length > 0
    ? plan.Plans.reduce((sum, each) => sum + scanned(each), 0)
    : plan['Actual Loops'] *
      (plan['Actual Rows'] +
        (plan['Rows Removed by Filter'] ?? 0) +
        (plan['Rows Removed by Index Recheck'] ?? 0))

/** @returns the database, and what was asked of it since it was last taken */
export function touching(db: Db): { db: Db; take(): Touched[] } {
  let touched: Touched[] = []
  const explain = async (tx: Queryable, sql: string, params: readonly unknown[]) => {
    await tx.query('SAVEPOINT touched')
    const [row] = await tx.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
      params,
    )
    await tx.query('ROLLBACK TO SAVEPOINT touched')
    touched.push({ sql, rows: scanned(row!['QUERY PLAN'][0]!.Plan) })
  }
  const plans = (sql: string) => /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(sql)
  const within = (tx: Queryable): Queryable => ({
    async query<R>(sql: string, params: readonly unknown[] = []) {
      if (plans(sql)) await explain(tx, sql, params)
      return tx.query<R>(sql, params)
    },
    script: sql => tx.script(sql),
    copyIn: (...given) => tx.copyIn(...given),
  })
  return {
    db: {
      ...db,
      async query<R>(sql: string, params: readonly unknown[] = []) {
        if (plans(sql)) await db.transaction(tx => explain(tx, sql, params))
        return db.query<R>(sql, params)
      },
      transaction: work => db.transaction(tx => work(within(tx))),
    },
    take() {
      const taken = touched
      touched = []
      return taken
    },
  }
}
