/**
 * Mapping profiles: guessed from column and layer names, and resolved against a layer into column
 * positions. Pure, so that the console can show what the server will do.
 */
import { plainName } from './column-name.ts'
import type { Finding } from './findings.ts'
import { ownLayers } from './layer-kind.ts'
import type { PositionNames, SourceLayer } from './readers/source.ts'
import { type DeliveryKind, type LayerRule, type Profile, type ProfileField, placed } from './schema.ts'

interface LayerShape {
  file: string
  name: string
  fields: readonly { name: string; ambiguous?: boolean }[]
  position?: PositionNames | null
  geometryKind?: SourceLayer['geometryKind']
}

/** Usual column names, compared without case, blanks and underscores. The first that is there wins. */
const usual: Record<DeliveryKind, Partial<Record<ProfileField, readonly string[]>>> = {
  grids: {
    code: [
      'WGDM',
      '网格代码',
      '网格编码',
      '网格标识码',
      'GRIDCODE',
      'BGCODE',
      '代码',
      '编码',
      'CODE',
      'GEOID20',
      'GEOID',
    ],
    name: ['WGMC', '网格名称', 'GRIDNAME', '名称', 'NAME', 'NAMELSAD20', 'NAMELSAD'],
    parentCode: ['SJDM', '上级代码', '上级编码', 'PARENTCODE', 'PARENT', 'PCODE'],
    level: ['WGJB', '网格级别', '级别', 'GRIDLEVEL', 'LEVEL'],
  },
  'unit-grids': {
    code: [
      'BGCODE',
      'BGID',
      '单元网格编码',
      '单元网格代码',
      '单元网格标识码',
      '网格编码',
      '网格代码',
      '网格标识码',
      'GRIDCODE',
      'WGDM',
      '代码',
      '编码',
      'CODE',
    ],
    name: ['BGNAME', '单元网格名称', '网格名称', 'GRIDNAME', 'WGMC', '名称', 'NAME'],
    parentCode: ['片区代码', '上级代码', '上级编码', 'PARENTCODE'],
  },
  components: {
    code: ['OBJCODE', '标识码', '部件标识码', '部件代码', '部件编码', '编码', '编号'],
    className: ['OBJNAME', '部件名称', '类别名称', '小类名称', '类别'],
    classCode: ['CLASSCODE', '类别代码', '小类代码', '分类代码'],
    sourceId: ['普查编号', '测点号', 'SURVEYNO', 'SOURCEID'],
    competentCode: ['DEPTCODE1', '主管部门代码'],
    competentName: ['DEPTNAME1', '主管部门名称', '主管部门'],
    ownerCode: ['DEPTCODE2', '权属单位代码', '所属单位代码'],
    ownerName: ['DEPTNAME2', '权属单位名称', '权属单位', '所属单位'],
    maintainerCode: ['DEPTCODE3', '养护单位代码'],
    maintainerName: ['DEPTNAME3', '养护单位名称', '养护单位'],
    state: ['OBJSTATE', '部件状态', '状态'],
    currency: ['OBJUPTODATE', 'OBJUPTODAT', '现势性'],
    surveyedOn: ['ORDATE', '初始日期', '普查日期'],
    changedOn: ['CHDATE', '变更日期'],
    source: ['DATASOURCE', '数据来源'],
    picture: ['PICTURE', '照片'],
    note: ['NOTE_', 'NOTE', '备注'],
    statedGrid: ['BGCODE', 'BGID', '所在单元网格', '单元网格'],
  },
  addresses: {
    text: [
      '标准地址',
      '地址',
      '门牌地址',
      '地址全称',
      '详细地址',
      'ADDRESS',
      'FULLADDR',
      'DZ',
      'TEXT',
      '名称',
      'NAME',
    ],
  },
  places: {
    name: ['名称', 'NAME', 'MC', 'STREET'],
    placeKind: ['种类', 'KIND'],
    placeClass: ['类型', '类别', 'CLASS', 'TYPE', 'LB'],
  },
  units: {
    name: ['单位名称', '名称', 'NAME'],
    code: ['统一社会信用代码', '单位代码', '代码', 'CODE'],
    shortName: ['简称', 'SHORTNAME'],
    unitKind: ['单位性质', '性质', '类型', 'KIND'],
    aliases: ['别名', '曾用名', 'ALIASES'],
  },
  classes: {
    code: ['类别代码', '代码', 'CODE'],
    name: ['类别名称', '名称', 'NAME'],
    nameEn: ['英文名称', '英文', 'NAMEEN'],
    geometry: ['几何类型', 'GEOMETRY'],
    sensitive: ['敏感', 'SENSITIVE'],
    aliases: ['别名', 'ALIASES'],
  },
}

const levelWords: readonly (readonly [RegExp, 0 | 1 | 2 | 3])[] = [
  [/unit|单元/i, 3],
  [/area|三级|片区/i, 3],
  [/village|community|二级|村|社区/i, 2],
  [/town|street_office|一级|镇|街道/i, 1],
  [/district|county|行政区|区界|辖区/i, 0],
]

const kindWords: readonly (readonly [RegExp, 'street' | 'water' | 'block' | 'poi'])[] = [
  [/street|road|centerline|道路|街/i, 'street'],
  [/water|river|水/i, 'water'],
  [/block|parcel|地块|街区/i, 'block'],
  [/poi|兴趣点|地名/i, 'poi'],
]

/** The profile a person would write for these layers. What cannot be guessed is left out, to be asked. */
export function guessProfile(kind: DeliveryKind, all: readonly LayerShape[]): Profile {
  const layers = ownLayers(kind, all)
  const there = new Map<string, string>()
  for (const layer of layers)
    for (const field of layer.fields)
      if (!field.ambiguous && !there.has(plainName(field.name))) there.set(plainName(field.name), field.name)
  const fields: Partial<Record<ProfileField, string>> = {}
  for (const [field, names] of Object.entries(usual[kind]) as [ProfileField, readonly string[]][]) {
    const found = names.map(plainName).find(name => there.has(name))
    if (found) fields[field] = there.get(found)!
  }
  const rules: Record<string, LayerRule> = {}
  for (const layer of layers) {
    const rule = guessLayer(kind, layer.name, fields)
    if (Object.keys(rule).length > 0) rules[layer.name] = rule
  }
  const position = placed(kind) ? commonPosition(layers) : null
  return {
    kind,
    ...(position ? { position } : {}),
    fields,
    defaults: {},
    ...(Object.keys(rules).length > 0 ? { layers: rules } : {}),
  }
}

/** The position columns of all tables among the layers, where they are the same in each. */
function commonPosition(layers: readonly LayerShape[]): PositionNames | null {
  const tables = layers.filter(layer => layer.position !== undefined)
  const [first] = tables
  const same = tables.every(table => JSON.stringify(table.position) === JSON.stringify(first!.position))
  return same ? (first?.position ?? null) : null
}

/**
 * The reference system to ask about, for a delivery of nothing but tables whose columns are degrees by their
 * names, or hold what can only be degrees in China. It is proposed to a person and never taken by a load.
 */
export function proposeCrs(
  kind: DeliveryKind,
  layers: readonly (Pick<SourceLayer, 'position' | 'sample'> & Partial<Pick<SourceLayer, 'crs'>>)[],
): { crs: string; x: string; y: string } | null {
  const [first] = layers
  const open = ({ crs, position }: (typeof layers)[number]) =>
    (crs?.kind ?? 'none') === 'none' && position && 'x' in position
  if (!placed(kind) || !first || !layers.every(open)) return null
  const proposals = layers.map(layer => degreesCrs(layer.position as { x: string; y: string }, layer.sample))
  const [crs] = proposals
  if (!crs || proposals.some(each => each !== crs)) return null
  return { crs, ...(first.position as { x: string; y: string }) }
}

function degreesCrs({ x }: { x: string }, sample: SourceLayer['sample']): string | null {
  const points = sample.flatMap(({ geometry }) => (geometry?.type === 'Point' ? [geometry.coordinates] : []))
  const within = ([west, south, east, north]: readonly [number, number, number, number]) =>
    points.length > 0 && points.every(([x, y]) => x! >= west && x! <= east && y! >= south && y! <= north)
  const named = /^(lon|lng|long|longitude|经度|wgs84_lon|gcj_lng)([（(].*[)）])?$/i.test(x.trim())
  if (!within(named ? [-180, -90, 180, 90] : [73, 3, 136, 54])) return null
  if (/gcj/i.test(x)) return 'GCJ-02'
  return /wgs/i.test(x) ? 'EPSG:4326' : 'EPSG:4490'
}

function guessLayer(
  kind: DeliveryKind,
  name: string,
  fields: Partial<Record<ProfileField, string>>,
): LayerRule {
  if (kind === 'components') {
    const digits = /^(?:BJ)?(\d{4,5})(?:_|$)/i.exec(name)?.[1]
    return digits ? { class: digits } : {}
  }
  if (kind === 'grids' && !fields.level) {
    const level = levelWords.find(([word]) => word.test(name))?.[1]
    return level === undefined ? {} : { level }
  }
  if (kind === 'places' && !fields.placeKind) {
    const placeKind = kindWords.find(([word]) => word.test(name))?.[1]
    return placeKind ? { placeKind } : {}
  }
  return {}
}

/** A profile as it applies to one layer. */
export interface ResolvedLayer {
  skip: boolean
  class: string | null
  level: number | null
  placeKind: 'street' | 'water' | 'block' | 'poi' | null
  /** Position in the row's values of each of our fields that has a column. */
  columns: Partial<Record<ProfileField, number>>
  constants: Partial<Record<ProfileField, string>>
  /** Positions of columns nobody asked for. */
  rest: number[]
  /** Columns named by the profile for this very layer that are not there. */
  findings: Finding[]
}

/** Layer rules win over the profile's fields; a column missing from one of many layers is not an error unless the layer's own rule names it. */
export function resolveLayer(profile: Profile, layer: LayerShape, layerCount: number): ResolvedLayer {
  const rule: LayerRule = { ...profile.layers?.['*'], ...profile.layers?.[layer.name] }
  const positions = new Map(layer.fields.map((field, i) => [plainName(field.name), i]))
  const columns: Partial<Record<ProfileField, number>> = {}
  const findings: Finding[] = []
  // where a thing stands is no attribute of it
  const used = new Set<number>(
    Object.values(layer.position ?? {}).map(name => layer.fields.findIndex(field => field.name === name)),
  )
  const wanted = { ...profile.fields, ...rule.fields }
  for (const [field, name] of Object.entries(wanted) as [ProfileField, string][]) {
    const at = positions.get(plainName(name))
    if (at !== undefined) {
      columns[field] = at
      used.add(at)
    } else if (layerCount === 1 || rule.fields?.[field]) {
      const detail = { columns: layer.fields.map(each => each.name).join(', ') }
      findings.push({
        code: 'profile.column',
        file: layer.file,
        row: null,
        field: name,
        value: null,
        detail,
        lonLat: null,
      })
    }
  }
  return {
    skip: rule.skip ?? false,
    class: rule.class ?? null,
    level: rule.level ?? null,
    placeKind: rule.placeKind ?? null,
    columns,
    constants: { ...profile.defaults, ...rule.defaults },
    rest: layer.fields.map((_, i) => i).filter(i => !used.has(i)),
    findings,
  }
}
