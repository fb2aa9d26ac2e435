/** The doors to templates, made for the district as it stands: its dictionary, its unit directory, its codes. */
import { z } from 'zod'
import { type Db, one } from '../../core/db.ts'
import type { Files } from '../../core/files.ts'
import { problem } from '../../core/problem.ts'
import { type Call, type Endpoint, endpoint, raw } from '../../http/endpoint.ts'
import { codeProfile, ruleText } from '../catalog/codes.ts'
import { listClasses } from '../catalog/store.ts'
import { districtOf } from '../orgs/districts.ts'
import { scopeOf } from '../orgs/rules.ts'
import { listUnits } from '../orgs/store.ts'
import type { Lang, TemplateDistrict } from './template-columns.ts'
import { templateGeopackage } from './template-geopackage.ts'
import { shapefileFields, templateCsv, templateYaml } from './template-texts.ts'
import { templateWorkbook } from './template-workbook.ts'

const Wanted = z.strictObject({
  district: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
  class: z
    .string()
    .regex(/^\d{4,5}$/)
    .optional()
    .describe('For one class alone; absent: for all, in tables for all that are points'),
  lang: z.enum(['zh', 'en']).optional().describe('Absent: the language of who asks'),
})

const files = {
  'components.xlsx': {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    summary: 'A workbook to fill in: codes as text, lists to choose from',
    make: (district, lang) => templateWorkbook(district, lang),
  },
  'components.gpkg': {
    type: 'application/geopackage+sqlite3',
    summary: 'An empty GeoPackage for points, lines and polygons: codes as text, values to choose from',
    make: (district, lang, files) => templateGeopackage(files, district, lang),
  },
  'components.csv': { type: 'text/csv; charset=utf-8', summary: 'An empty CSV', make: templateCsv },
  'profile.yaml': {
    type: 'application/yaml; charset=utf-8',
    summary: 'The mapping profile that reads a filled template',
    make: templateYaml,
  },
  'shapefile-fields.csv': {
    type: 'text/csv; charset=utf-8',
    summary: 'The fields of a shapefile: names, types, widths, and what may stand in them',
    make: shapefileFields,
  },
} as const satisfies Record<
  string,
  {
    type: string
    summary: string
    make(district: TemplateDistrict, lang: Lang, files: Files): string | Promise<Uint8Array>
  }
>

/** Named and explained in the language of who asks. */
export const templateRoutes = ({ db, files: store }: { db: Db; files: Files }): Endpoint[] =>
  (Object.keys(files) as (keyof typeof files)[]).map(name => {
    const { type, summary, make } = files[name]
    return endpoint({
      method: 'get',
      path: `/api/templates/${name}`,
      right: 'survey.read',
      summary,
      query: Wanted,
      answer: { bytes: type },
      async run({ query }, call) {
        const district = await readDistrict(db, call, query)
        const stem = [district.code, ...(district.only ? [district.only.code] : [])].join('-')
        return raw({
          headers: { 'content-type': type, 'content-disposition': `attachment; filename="${stem}-${name}"` },
          body: await make(district, query.lang ?? call.lang, store),
        })
      },
    })
  })

async function readDistrict(
  db: Db,
  call: Call,
  wanted: { district?: string | undefined; class?: string | undefined },
): Promise<TemplateDistrict> {
  const code = await districtOf(db, call.principal, wanted.district)
  const row = await one<{ name: string; profile: string; dictionary: string }>(
    db,
    'SELECT name, component_code_profile AS profile, dictionary_id AS dictionary FROM district WHERE code = $1',
    [code],
  )
  const all = await listClasses(db, row.dictionary)
  const only = wanted.class === undefined ? null : (all.find(each => each.code === wanted.class) ?? null)
  if (wanted.class !== undefined && !only) throw problem('package.class', { value: wanted.class })
  return {
    code,
    name: row.name,
    codeRule: { zh: ruleText(codeProfile(row.profile), 'zh'), en: ruleText(codeProfile(row.profile), 'en') },
    all,
    classes: all.filter(each => each.geometry.includes('point')),
    only,
    units: (await listUnits(db, scopeOf(code))).map(unit => unit.name),
  }
}
