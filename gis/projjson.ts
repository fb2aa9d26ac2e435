/** PROJJSON as the tree of the WKT2 it stands for, as far as a horizontal system needs it. */
import type { WktNode } from './wkt.ts'

type Json = { [key: string]: unknown }

const KEYWORDS: Readonly<Record<string, string>> = {
  ProjectedCRS: 'PROJCRS',
  GeographicCRS: 'GEOGCRS',
  GeodeticCRS: 'GEODCRS',
  CompoundCRS: 'COMPOUNDCRS',
  BoundCRS: 'BOUNDCRS',
  EngineeringCRS: 'ENGCRS',
}

/** Metres or degrees of the units PROJJSON names by a word. */
const UNITS: Readonly<Record<string, number>> = { metre: 1, unity: 1, degree: Math.PI / 180 }

/** The tree of a text, or null when it is no PROJJSON of a system. */
export function parseProjJson(text: string): WktNode | null {
  try {
    return systemNode(object(JSON.parse(text)))
  } catch {
    return null
  }
}

function systemNode(json: Json, keyword = KEYWORDS[String(json.type)]): WktNode | null {
  if (keyword === undefined) return null
  const nodes: (WktNode | null)[] = []
  if (keyword === 'COMPOUNDCRS') nodes.push(...list(json.components).map(part => systemNode(part)))
  if (keyword === 'BOUNDCRS') nodes.push(...boundNodes(json))
  if (json.base_crs) nodes.push(systemNode(object(json.base_crs), 'BASEGEOGCRS'))
  const datum = json.datum ?? json.datum_ensemble
  if (datum) nodes.push(datumNode(object(datum)), ...meridianNodes(object(datum)))
  if (json.conversion) nodes.push(conversionNode(object(json.conversion)))
  const axis = list(object(json.coordinate_system ?? {}).axis)[0]
  if (axis?.unit !== undefined)
    nodes.push(unitNode(keyword === 'PROJCRS' ? 'LENGTHUNIT' : 'ANGLEUNIT', axis.unit))
  if (json.id)
    nodes.push({
      keyword: 'ID',
      values: [String(object(json.id).authority), Number(object(json.id).code)],
      nodes: [],
    })
  return named(keyword, json, nodes)
}

function boundNodes(json: Json): WktNode[] {
  const transformation = object(json.transformation)
  const inner = [named('METHOD', object(transformation.method), []), ...parameterNodes(transformation)]
  return [
    { keyword: 'SOURCECRS', values: [], nodes: present([systemNode(object(json.source_crs))]) },
    named('ABRIDGEDTRANSFORMATION', transformation, inner),
  ]
}

function datumNode(json: Json): WktNode {
  const figure = object(json.ellipsoid)
  const sphere = named('ELLIPSOID', figure, [])
  sphere.values.push(Number(figure.semi_major_axis ?? figure.radius), Number(figure.inverse_flattening ?? 0))
  return named('DATUM', json, [sphere])
}

function meridianNodes(datum: Json): WktNode[] {
  if (!datum.prime_meridian) return []
  const meridian = object(datum.prime_meridian)
  const longitude =
    typeof meridian.longitude === 'number' ? meridian.longitude : Number(object(meridian.longitude).value)
  return [{ keyword: 'PRIMEM', values: [String(meridian.name), longitude], nodes: [] }]
}

function conversionNode(json: Json): WktNode {
  return named('CONVERSION', json, [named('METHOD', object(json.method), []), ...parameterNodes(json)])
}

function parameterNodes(json: Json): WktNode[] {
  return list(json.parameters).map(parameter => {
    const node = named(
      'PARAMETER',
      parameter,
      parameter.unit === undefined ? [] : [unitNode('UNIT', parameter.unit)],
    )
    node.values.push(Number(parameter.value))
    return node
  })
}

function unitNode(keyword: string, unit: unknown): WktNode {
  const factor =
    typeof unit === 'string' ? (UNITS[unit] ?? Number.NaN) : Number(object(unit).conversion_factor)
  return { keyword, values: [typeof unit === 'string' ? unit : String(object(unit).name), factor], nodes: [] }
}

function named(keyword: string, json: Json, nodes: readonly (WktNode | null)[]): WktNode {
  return { keyword, values: [String(json.name ?? '')], nodes: present(nodes) }
}

function present(nodes: readonly (WktNode | null)[]): WktNode[] {
  return nodes.filter(node => node !== null)
}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('not an object')
  return value as Json
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : []
}
