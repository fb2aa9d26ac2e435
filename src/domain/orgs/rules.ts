/**
 * Who may do what: roles, the rights they hold, and the scope a read is bound by. Pure.
 * One table, read by routes, console and tests.
 */

import type { roleNames } from './schema.ts'

export type Role = (typeof roleNames)[number]

export const rights = {
  'registry.read': ['查看地图与部件', 'see the map and the registry'],
  'registry.propose': ['提出部件变更申请', 'ask for changes of components'],
  'registry.review': ['审核部件变更申请', 'review requests to change components'],
  'survey.read': ['查看普查批次', 'see deliveries'],
  'survey.load': ['载入普查数据', 'load surveys'],
  'survey.reference': ['载入网格、地名、单位目录和类别字典', 'deliver grids, places, units and classes'],
  'survey.all': ['查看各普查单位的批次', 'see the deliveries of every firm'],
  'survey.accept': ['监理验收', 'inspect and accept deliveries'],
  'survey.approve': ['审核普查批次', 'approve deliveries'],
  'survey.commission': ['管理普查单位、任务包与码段', 'manage contractor firms, packages and codes'],
  'survey.rules': ['调整普查检查规则', 'change the check rules'],
  'orgs.setup': ['建立行政区', 'set up districts'],
  'orgs.admin': ['管理账号与单位', 'manage accounts and units'],
  'metrics.read': ['查看运行指标', 'read the metrics'],
} as const

export type Right = keyof typeof rights

export const roles = {
  administrator: [
    'registry.read',
    'registry.propose',
    'registry.review',
    'survey.read',
    'survey.load',
    'survey.reference',
    'survey.all',
    'survey.accept',
    'survey.approve',
    'survey.commission',
    'survey.rules',
    'orgs.setup',
    'orgs.admin',
    'metrics.read',
  ],
  contractor: ['registry.read', 'survey.read', 'survey.load'],
  supervisor: [
    'registry.read',
    'registry.propose',
    'registry.review',
    'survey.read',
    'survey.all',
    'survey.accept',
    'survey.approve',
    'survey.commission',
  ],
  dispatcher: ['registry.read', 'registry.propose', 'survey.all'],
  leader: ['registry.read', 'survey.read', 'survey.all'],
} as const satisfies Record<Role, readonly Right[]>

/** Which role an account holds in which district; '*' for all. */
export type Held = readonly (readonly [district: string, role: Role])[]

/** Roles and districts of an account. Every account holds its roles in all its districts alike (createAccount sees to it). */
export function spread(held: Held): { roles: Role[]; districts: '*' | string[] } {
  const districts = [...new Set(held.map(([district]) => district))]
  return {
    roles: [...new Set(held.map(([, role]) => role))],
    districts: districts.includes('*') ? '*' : districts,
  }
}

/** Rights of the bearer of BOOTSTRAP_TOKEN: set-up and reading; never a second person. */
export const bootstrapRights: readonly Right[] = [
  'registry.read',
  'survey.read',
  'survey.load',
  'survey.reference',
  'survey.all',
  'orgs.setup',
  'metrics.read',
]
/** Rights of who can open the socket in the data directory: the operator of this machine. */
export const localRights: readonly Right[] = roles.administrator

/** What a read may see. Every store and atlas read takes one; its `key` is part of every cache key and ETag. */
export interface Scope {
  district: string
  /** Area codes (any level), or all. */
  areas: 'all' | readonly string[]
  /** Unit ids whose components alone are seen, or all. */
  units: 'all' | readonly string[]
  /** Class codes never seen. */
  hiddenClasses: readonly string[]
  /** Equal scopes have equal keys. */
  key: string
}

/** The scope in which somebody reads a district. Areas, units and hidden classes become narrower with posts. */
export function scopeOf(
  district: string,
  narrow: { areas?: readonly string[]; units?: readonly string[]; hiddenClasses?: readonly string[] } = {},
): Scope {
  const sorted = (codes?: readonly string[]) => (codes ? [...codes].sort() : 'all')
  const areas = sorted(narrow.areas)
  const units = sorted(narrow.units)
  const hiddenClasses = [...(narrow.hiddenClasses ?? [])].sort()
  const key = [district, String(areas), String(units), String(hiddenClasses)].join('|')
  return { district, areas, units, hiddenClasses, key }
}

/** Whether everything of the district is seen. */
export const seesAll = (scope: Scope): boolean =>
  scope.areas === 'all' && scope.units === 'all' && scope.hiddenClasses.length === 0

/** Whose deliveries somebody reaches: everybody's, or those of the firm worked for and what was announced by oneself for none. */
export type Reach = 'all' | { firm: string | null; actor: string }

export function reachOf(
  who: { rights: ReadonlySet<string>; actor: string; firms?: Readonly<Record<string, string>> },
  district: string,
): Reach {
  if (who.rights.has('survey.all')) return 'all'
  return { firm: who.firms?.[district] ?? null, actor: who.actor }
}

export const reaches = (reach: Reach, delivery: { firmId: string | null; createdBy: string }): boolean =>
  reach === 'all' ||
  (delivery.firmId === null ? delivery.createdBy === reach.actor : delivery.firmId === reach.firm)

/**
 * Whether somebody may deliver data of a kind: the ground everything stands on is the office's, components are
 * everybody's who loads, and the rest is where the package it answers asks for it.
 */
export const mayDeliver = (
  rights: { has(right: Right): boolean },
  kind: string,
  asked: readonly string[],
): boolean =>
  rights.has('survey.reference') ||
  (rights.has('survey.load') && (kind === 'components' || asked.includes(kind)))

/**
 * Whether what came at a moment counts only by a second person's word: the rule it came under holds for it when the
 * district asks for less later, and a stricter one holds at once for all that does not count yet.
 */
export const needsSecondPerson = (
  { approval, secondPersonUntil }: { approval: string; secondPersonUntil: Date | string | null },
  since: Date | string,
): boolean =>
  approval !== 'none' || (secondPersonUntil !== null && new Date(since) <= new Date(secondPersonUntil))

/** Why a new password is refused, or null. */
export function passwordFault(password: string, accountName: string): string | null {
  if (password.length < 10) return '至少 10 个字符 / at least 10 characters'
  if (password.length > 200) return '至多 200 个字符 / at most 200 characters'
  if (password.toLowerCase().includes(accountName.toLowerCase()))
    return '不得包含账号名 / must not contain the account name'
  if (new Set(password).size < 5) return '字符过于单一 / too few different characters'
  return null
}

/** Failures before an account is locked. */
const FREE_FAILURES = 4
const FIRST_LOCK_S = 30
const LONGEST_LOCK_S = 3600

/** Seconds an account stays locked after so many failures in a row: 0 up to the fourth, then 30, 60, 120 ... an hour. */
export const lockS = (failures: number): number =>
  failures <= FREE_FAILURES ? 0 : Math.min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** (failures - FREE_FAILURES - 1))

/** Failures from one sender before he has to wait, whatever names he tries: an office behind one address must not be shut out by a few typing errors. */
export const senderWaitS = (failures: number): number => (failures < 30 ? 0 : 300)
