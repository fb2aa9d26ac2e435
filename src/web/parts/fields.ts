/** Which of our fields a delivery of a kind can fill, in the order they are asked for. Pure. */
import type { Kind } from '../api/kinds.ts'

export const kinds: readonly Kind[] = [
  'grids',
  'unit-grids',
  'components',
  'addresses',
  'places',
  'units',
  'classes',
]

const fields = {
  grids: ['code', 'name', 'parentCode', 'level'],
  'unit-grids': ['code', 'name', 'parentCode'],
  components: [
    'code',
    'classCode',
    'className',
    'name',
    'competentCode',
    'competentName',
    'ownerCode',
    'ownerName',
    'maintainerCode',
    'maintainerName',
    'state',
    'currency',
    'surveyedOn',
    'changedOn',
    'statedGrid',
    'source',
    'picture',
    'note',
    'sourceId',
  ],
  addresses: ['text'],
  places: ['name', 'placeKind', 'placeClass'],
  units: ['name', 'code', 'shortName', 'unitKind', 'aliases'],
  classes: ['code', 'name', 'nameEn', 'geometry', 'sensitive', 'aliases'],
} as const satisfies Record<Kind, readonly string[]>
/** Kinds whose rows stand somewhere. */
export const placed = (kind: Kind): boolean => kind !== 'units' && kind !== 'classes'

/** The kind's fields, then any other that a profile names. */
export function fieldsOf(kind: Kind, named: Record<string, string> = {}): string[] {
  const known: readonly string[] = fields[kind]
  return [...known, ...Object.keys(named).filter(field => !known.includes(field))]
}

/** Endings of what the intake reads, for the dialog that chooses files; what is dropped is judged by its content. */
export const fileEndings: readonly string[] = [
  ...['.zip', '.shp', '.shx', '.dbf', '.prj', '.cpg', '.gpkg'],
  ...['.geojson', '.json', '.topojson', '.geojsonl', '.geojsons', '.geojsonseq', '.ndjson', '.jsonl'],
  ...['.csv', '.tsv', '.txt', '.xlsx'],
  ...['.jpg', '.jpeg', '.png', '.heic', '.heif'],
  ...['.tab', '.dat', '.map', '.id', '.mif', '.mid', '.dxf', '.kml', '.kmz'],
]

/** Limits the console keeps before anything is sent; the server has its own. */
export const maxFileBytes = 2_000_000_000
export const maxFiles = 400

/** Puts new files beside those chosen; what cannot be taken is told by reason. */
export function addFiles(
  chosen: readonly File[],
  added: readonly File[],
): { files: File[]; refused: { name: string; why: 'tooLarge' | 'empty' | 'twice' | 'tooMany' }[] } {
  const files = [...chosen]
  const refused: { name: string; why: 'tooLarge' | 'empty' | 'twice' | 'tooMany' }[] = []
  for (const file of added) {
    const why =
      file.size === 0
        ? 'empty'
        : file.size > maxFileBytes
          ? 'tooLarge'
          : files.some(other => other.name === file.name)
            ? 'twice'
            : files.length >= maxFiles
              ? 'tooMany'
              : null
    if (why) refused.push({ name: file.name, why })
    else files.push(file)
  }
  return { files, refused }
}
