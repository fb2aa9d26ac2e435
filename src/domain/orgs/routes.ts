/** The doors of the room: the session, districts, accounts. */
import { z } from 'zod'
import type { Db } from '../../core/db.ts'
import { problem } from '../../core/problem.ts'
import { created } from '../../http/answer.ts'
import { type Call, type Endpoint, endpoint } from '../../http/endpoint.ts'
import { SESSION_COOKIE } from '../../http/session.ts'
import { createAccount, disableAccount, resetPassword } from './commands.ts'
import { ensureDistrict, setAcceptance, setApproval } from './districts.ts'
import { firmRoutes } from './firm-routes.ts'
import type { Principals } from './principals.ts'
import {
  AccountEntry,
  AccountName,
  DistrictCode,
  DistrictEntry,
  NewAccount,
  NewDistrict,
  PasswordChange,
  SessionAnswer,
  SessionQuery,
  SignIn,
} from './schema.ts'
import { LONGEST_SESSION_S, type Session } from './sessions.ts'
import { changePassword, signIn, signOut } from './sign-in.ts'
import { type AccountRecord, findAccount, listAccounts, listDistricts } from './store.ts'

type Bbox = readonly [west: number, south: number, east: number, north: number]

export interface OrgsHouse {
  db: Db
  principals: Principals
  /** Where a district lies: a room above knows. */
  bboxOf?: (district: string) => Promise<Bbox | null> | Bbox | null
  /** Whether a text names a way of cutting codes: a room above knows. */
  isCodeProfile: (text: string) => boolean
}

export const orgsRoutes = (house: OrgsHouse): Endpoint[] => [
  ...sessionDoors(house),
  ...districtDoors(house),
  ...accountDoors(house),
  ...firmRoutes(house),
]

function sessionDoors({ principals }: OrgsHouse): Endpoint[] {
  const { threshold } = principals
  const keep = (call: Call, token: string) => call.setCookie(SESSION_COOKIE, token, LONGEST_SESSION_S)
  return [
    endpoint({
      method: 'post',
      path: '/api/session',
      right: 'open',
      summary: 'Sign in',
      body: SignIn,
      answer: SessionAnswer.pick({ account: true }),
      async run({ body }, call) {
        const token = await signIn(threshold, { ...body, remote: call.remote })
        const former = call.cookie(SESSION_COOKIE)
        if (former) await signOut(threshold, former)
        keep(call, token)
        return { account: shown((await threshold.sessions.find(token))!) }
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/session',
      right: 'asked',
      summary: 'Who is signed in, and what they may do; 204 for nobody, when that is asked for',
      query: SessionQuery,
      answer: SessionAnswer,
      async run(_input, call) {
        const { kind, actor, rights } = call.principal
        if (kind === 'nobody') return undefined
        const session =
          kind === 'account' ? await threshold.sessions.find(call.cookie(SESSION_COOKIE) ?? '') : null
        const account = session
          ? shown(session)
          : { name: actor, personName: null, roles: [], mustChangePassword: false }
        return { account, rights: [...rights].sort() }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/session/password',
      right: 'signed-in',
      summary: 'Change the password; every other session of the account ends',
      body: PasswordChange,
      async run({ body }, call) {
        const { accountId } = call.principal
        if (!accountId) throw problem('session.required')
        keep(call, await changePassword(threshold, { accountId, old: body.old, fresh: body.new }))
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api/session',
      right: 'open',
      summary: 'Sign out',
      async run(_input, call) {
        const token = call.cookie(SESSION_COOKIE)
        if (token) await signOut(threshold, token)
        call.setCookie(SESSION_COOKIE, '', 0)
      },
    }),
  ]
}

const shown = ({ name, personName, roles, mustChange }: Session) => ({
  name,
  personName,
  roles,
  mustChangePassword: mustChange,
})

function districtDoors({ db, bboxOf = () => null, isCodeProfile }: OrgsHouse): Endpoint[] {
  const CodeProfile = z
    .string()
    .max(40)
    .refine(isCodeProfile, { params: { rule: 'codeProfile' } })
    .optional()
  const Wanted = NewDistrict.extend({ gridCodeProfile: CodeProfile, componentCodeProfile: CodeProfile })
  return [
    endpoint({
      method: 'get',
      path: '/api/districts',
      right: 'registry.read',
      summary: 'Districts of this installation the caller may read',
      answer: z.object({ items: z.array(DistrictEntry) }),
      async run(_input, call) {
        const { districts } = call.principal
        const mine = (await listDistricts(db)).filter(
          ({ code }) => districts === '*' || districts.includes(code),
        )
        return {
          items: await Promise.all(
            mine.map(async district => ({ ...district, bbox: await bboxOf(district.code) })),
          ),
        }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/districts',
      right: 'orgs.setup',
      summary: 'Add a district',
      body: Wanted,
      answer: z.object({ code: z.string(), made: z.boolean().describe('False when it was there already') }),
      status: 201,
      async run({ body }, call) {
        const { principal } = call
        if (principal.districts !== '*') throw problem('district.unknown', { code: body.code })
        const { ifMissing, ...district } = body
        const made = await ensureDistrict(db, district, principal.actor)
        if (!made && !ifMissing) throw problem('district.taken', { code: body.code })
        return created({ code: body.code, made })
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/districts/:code/acceptance',
      right: 'orgs.admin',
      summary: 'Say whether approvals of a district wait for a supervisor’s acceptance',
      params: z.strictObject({ code: DistrictCode }),
      body: z.strictObject({ acceptance: z.enum(['none', 'required']) }),
      async run({ params, body }, call) {
        if (!within([params.code], call)) throw problem('district.unknown', { code: params.code })
        await setAcceptance(db, params.code, body.acceptance, call.principal.actor)
      },
    }),
    endpoint({
      method: 'put',
      path: '/api/districts/:code/approval',
      right: 'orgs.admin',
      summary:
        'Say whether what is loaded or proposed counts by a second person’s word alone; what came before keeps its rule',
      params: z.strictObject({ code: DistrictCode }),
      body: z.strictObject({ approval: z.enum(['none', 'second-person']) }),
      async run({ params, body }, call) {
        if (!within([params.code], call)) throw problem('district.unknown', { code: params.code })
        await setApproval(db, params.code, body.approval, call.principal.actor)
      },
    }),
  ]
}

function accountDoors({ db, principals }: OrgsHouse): Endpoint[] {
  const right = 'orgs.admin'
  const { sessions } = principals.threshold
  const Named = z.strictObject({ name: AccountName })
  /** The account, when all its districts are the caller's too. */
  const reach = async (call: Call, name: string): Promise<AccountRecord> => {
    const account = await findAccount(db, name)
    if (!account || !within(account.districts, call)) throw problem('account.unknown', { name })
    return account
  }
  return [
    endpoint({
      method: 'get',
      path: '/api/accounts',
      right,
      summary: 'Accounts, by name',
      answer: z.object({ items: z.array(AccountEntry) }),
      async run(_input, call) {
        const accounts = (await listAccounts(db)).filter(account => within(account.districts, call))
        return { items: accounts.map(({ id: _, ...account }) => account) }
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/accounts',
      right,
      summary: 'Add an account; a password made here is answered once and kept nowhere',
      body: NewAccount,
      answer: z.object({ name: z.string(), password: z.string().nullable() }),
      status: 201,
      async run({ body }, call) {
        const { name, role, person, password } = body
        const districts = body.districts ?? call.principal.districts
        const foreign = [...(districts === '*' ? [] : districts), ...(person ? [person.district] : [])].find(
          code => !within([code], call),
        )
        if (foreign !== undefined) throw problem('district.unknown', { code: foreign })
        const made = await createAccount(
          db,
          { name, roles: [role], districts, person, password },
          call.principal.actor,
        )
        return created({ name, password: made.password })
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/accounts/:name/disable',
      right,
      summary: 'Disable an account and end its sessions',
      params: Named,
      async run({ params }, call) {
        const { id } = await reach(call, params.name)
        await disableAccount(db, id, call.principal.actor)
        sessions.forget(id)
      },
    }),
    endpoint({
      method: 'post',
      path: '/api/accounts/:name/password',
      right,
      summary: 'Make a new password for an account, answered once; lifts its lock and ends its sessions',
      params: Named,
      answer: z.object({ name: z.string(), password: z.string() }),
      async run({ params }, call) {
        const account = await reach(call, params.name)
        const password = await resetPassword(db, account, call.principal.actor)
        sessions.forget(account.id)
        return { name: account.name, password }
      },
    }),
  ]
}

/** Whether all these districts are the caller's. */
function within(districts: '*' | readonly string[], call: Call): boolean {
  const mine = call.principal.districts
  return mine === '*' || (districts !== '*' && districts.every(code => mine.includes(code)))
}
