/**
 * Which kind of delivery a layer is of, by what it and its columns are called. A contractor's package holds grids,
 * addresses and components in one folder tree; each load takes its own and says what it passed over. Pure.
 *
 *   02_单元网格/单元网格.shp  BGCODE           -> unit-grids
 *   03_部件/0101.shp          OBJCODE, BGCODE  -> components
 *   04_地理编码/门牌.shp      标准地址         -> addresses
 */
import { plainName } from './column-name.ts'
import type { Finding } from './findings.ts'
import type { SourceLayer } from './readers/source.ts'
import { type DeliveryKind, type Profile, type ProfileField, placed } from './schema.ts'

interface Layer {
  file: string
  name: string
  fields: readonly { name: string }[]
  geometryKind?: SourceLayer['geometryKind']
}

const columnsOf = {
  components: ['OBJCODE', 'OBJNAME', 'OBJSTATE', 'CLASSCODE', '部件标识码', '部件代码', '部件编码', '部件名称', '小类代码', '小类名称'],
  units: ['BGCODE', 'BGID', '单元网格编码', '单元网格代码', '单元网格标识码'],
  net: ['WGDM', 'WGMC', 'WGJB', '网格代码', '网格编码', '网格标识码', '网格级别', 'GRIDCODE'],
  addresses: ['标准地址', '门牌地址', '门牌号', 'FULLADDR'],
} as const // biome-ignore format: a table
const named = {
  components: /^(?:BJ)?\d{4,5}(?:_|$)/i,
  units: /单元网格|万米|(^|_)unit_?grids?(_|$)|^dywg/i,
  net: /三级|二级|一级|片区|社区|街道|行政区|区界|网格|(^|_)(grids?|areas?|villages?|towns?|district)(_|$)/i,
  addresses: /门牌|地址|(^|_)address(es)?(_|$)/i,
  places: /地名|兴趣点|(^|_)pois?(_|$)/i,
} as const

/** null where neither names nor columns say so. */
export function kindOfLayer({ file, name, fields, geometryKind }: Layer): DeliveryKind | null {
  const there = new Set(fields.map(field => plainName(field.name)))
  const has = (of: keyof typeof columnsOf) => columnsOf[of].some(column => there.has(plainName(column)))
  if (has('components') || named.components.test(name)) return 'components'
  if (geometryKind === 'polygon') {
    if (named.units.test(name)) return 'unit-grids'
    if (named.net.test(name)) return 'grids'
    if (has('units')) return 'unit-grids'
    if (has('net')) return 'grids'
    return named.units.test(file) ? 'unit-grids' : null
  }
  if (named.addresses.test(name) || has('addresses')) return 'addresses'
  return named.places.test(name) ? 'places' : null
}

/** Layers of a delivery that are of its kind, or may be; all of them where none would be left. */
export function ownLayers<L extends Layer>(kind: DeliveryKind, layers: readonly L[]): readonly L[] {
  if (!placed(kind)) return layers
  const own = layers.filter(layer => [kind, null].includes(kindOfLayer(layer)))
  return own.length > 0 ? own : layers
}

/** What makes a layer one of its kind, where a profile says in which column it stands. */
const telling: readonly ProfileField[] = ['code', 'className', 'classCode', 'text', 'placeKind']

/**
 * The profile with every layer left out that is of another kind and that it does not speak of.
 * @param found told of each
 * @param guessed the profile is a guess: what its columns are called is then no word of a person
 */
export function withoutOtherKinds(
  profile: Profile,
  layers: readonly Layer[],
  found: (finding: Finding) => void,
  guessed = false,
): Profile {
  const rules = profile.layers ?? {}
  const own = new Set<Layer>(ownLayers(profile.kind, layers))
  const said = guessed ? [] : telling.flatMap(field => profile.fields[field] ?? []).map(plainName)
  const others = layers.filter(
    layer =>
      !own.has(layer) &&
      !rules['*'] &&
      !rules[layer.name] &&
      !layer.fields.some(field => said.includes(plainName(field.name))),
  )
  if (others.length === 0) return profile
  for (const layer of others) {
    const detail = { layer: layer.name, kind: kindOfLayer(layer)! }
    const where = { file: layer.file, row: null, field: null, value: null, lonLat: null }
    found({ code: 'layer.other-kind', ...where, detail })
  }
  const skipped = Object.fromEntries(others.map(layer => [layer.name, { skip: true }]))
  return { ...profile, layers: { ...rules, ...skipped } }
}
