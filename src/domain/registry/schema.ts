/** What the registry holds of a component, and the shape in which rows land. Pure. */

/** 部件状态 */
export const states = {
  intact: ['完好', 'intact'],
  damaged: ['破损', 'damaged'],
  lost: ['丢失', 'lost'],
  occupied: ['占用', 'occupied'],
  abandoned: ['废弃', 'abandoned'],
} as const

/** 现势性 */
export const currencies = { 'in-use': ['在用', 'in use'], void: ['作废', 'void'] } as const

/** 主管部门 / 权属单位 / 养护单位, in this order everywhere. */
export const unitRoles = ['competent', 'owner', 'maintainer'] as const
export type UnitRole = (typeof unitRoles)[number]

/** State of one role's unit, one letter each in `component.unit_states`. */
export const unitStates = { u: 'unassigned', p: 'proposed', c: 'confirmed' } as const
export type UnitStateLetter = keyof typeof unitStates

/** Why a component belongs to no area. */
export type PlacementReason = 'outside' | 'gap'

/** Columns of `component` in the order every batch lands them. */
export const COMPONENT_COLUMNS = [
  'district',
  'part',
  'batch',
  'id',
  'file_no',
  'row_no',
  'supersedes',
  'survey_no',
  'key',
  'code',
  'class',
  'name',
  'geom',
  'state',
  'currency',
  'competent_id',
  'owner_id',
  'maintainer_id',
  'unit_states',
  'surveyed_on',
  'changed_on',
  'data_source',
  'picture',
  'note',
  'stated_grid',
  'attributes',
  'content',
] as const

/** Columns of `placement` in landing order. */
export const PLACEMENT_COLUMNS = [
  'district',
  'part',
  'generation',
  'batch',
  'component_id',
  'grid_id',
  'reason',
  'touched',
] as const

/** A batch: rows that land together and are seen together. */
export interface Batch {
  district: string
  no: number
  /** Partition its rows lie in; 0 is shared by small batches. */
  part: number
  /** Placement generation its rows are placed under, and the grids' generation that was read for it. */
  generation: number
  gridGeneration: number
  dictionaryId: string
}
