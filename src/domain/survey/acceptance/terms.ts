/** Setting what a district asks of its deliveries: the terms of acceptance. Plans that are drawn keep theirs. */
import { append } from '../../../core/journal.ts'
import type { LoadHouse } from '../loading.ts'
import type { Terms } from './schema.ts'

export async function saveTerms(
  db: LoadHouse['db'],
  district: string,
  terms: Terms,
  actor: string,
): Promise<void> {
  await db.transaction(async tx => {
    await tx.query(
      `INSERT INTO acceptance_terms (district, terms, updated_by) VALUES ($1, $2::jsonb, $3)
       ON CONFLICT (district) DO UPDATE SET terms = $2::jsonb, updated_by = $3, updated_at = now()`,
      [district, JSON.stringify(terms), actor],
    )
    await append(tx, district, actor, [{ kind: 'acceptance.terms-set', data: { terms } }])
  })
}
