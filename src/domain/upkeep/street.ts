/** Who stands before a plate and wants to say something: known, or anybody, so often and no more. */
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import type { Call } from '../../http/endpoint.ts'
import { streetSender } from '../evidence/commands.ts'
import { openAttempts, senderOf } from '../orgs/attempts.ts'
import { type FoundPlate, getPlate, getPolicy } from './plates.ts'

/** Reports, and photos, of one sender that are let through at once, and how long the next one waits. */
const FREE = { report: 5, photo: 15 }
const WAIT_S = 600
const FORGET_MS = 3_600_000

export interface AtPlate {
  district: string
  componentId: string
  /** Null: somebody in the street. */
  actor: string | null
  /** Whose the photos are that are sent from here. */
  owner: string
}

export interface Street {
  /** @param wish what is wanted, counted; null: to go on with what was let through @throws plate.unknown, session.required, report.wait */
  enter(call: Call, token: string, wish: 'report' | 'photo' | null): Promise<AtPlate>
}

/** Whether somebody who is signed in may see the component's card. */
export const seesCard = (call: Call, { district }: FoundPlate): boolean => {
  const { kind, rights, districts } = call.principal
  return (
    kind !== 'nobody' && rights.has('registry.read') && (districts === '*' || districts.includes(district))
  )
}

export function openStreet({ db, clock = systemClock }: { db: Db; clock?: Clock }): Street {
  const count = (free: number) =>
    openAttempts({ clock, forgetMs: FORGET_MS, waitS: failures => (failures < free ? 0 : WAIT_S) })
  const senders = { report: count(FREE.report), photo: count(FREE.photo) }
  return {
    async enter(call, token, wish) {
      const plate = await getPlate(db, token)
      const { district, componentId } = plate
      const known = seesCard(call, plate)
      if (!known && !(await getPolicy(db, district)).publicPage) throw problem('session.required')
      const seconds = known || !wish ? 0 : senders[wish].charge(senderOf(call.remote))
      if (seconds > 0) throw problem('report.wait', { seconds })
      const actor = known ? call.principal.actor : null
      return { district, componentId, actor, owner: actor ?? streetSender(componentId) }
    },
  }
}
