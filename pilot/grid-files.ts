/** grids.zip: district, towns, villages and areas as the survey office hands them over. */
import type { DbfColumn } from './dbf-write.ts'
import type { GridRecord, GridRecords } from './grid-codes.ts'
import type { Layer } from './layers.ts'

/** Code, name, code of the grid above, level, grid head, area in square metres. */
const columns: readonly DbfColumn[] = [
  { name: 'WGDM', type: 'C', width: 14 },
  { name: 'WGMC', type: 'C', width: 60 },
  { name: 'SJDM', type: 'C', width: 14 },
  { name: 'WGJB', type: 'N', width: 2 },
  { name: 'WGZ', type: 'C', width: 20 },
  { name: 'MJ', type: 'N', width: 14, decimals: 2 },
]

export function gridLayers(grids: GridRecords): Layer[] {
  const layer = (
    name: string,
    level: number,
    records: readonly GridRecord[],
    tells: Layer['tells'],
  ): Layer => ({
    name,
    kind: 'polygon',
    columns,
    ...(tells ? { tells } : {}),
    rows: [...records]
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map(r => ({
        parts: r.rings,
        values: [r.code, r.name, r.parent, level, level === 0 ? '' : r.head, r.areaM2],
      })),
  })
  return [
    layer('district', 0, [grids.district], 'cpg'),
    layer('town', 1, grids.towns, 'driver'),
    layer('village', 2, grids.villages, 'nothing'),
    layer('area', 3, grids.areas, 'nothing'),
  ]
}
