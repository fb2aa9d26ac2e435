/** places.zip: streets, waters, blocks with their use, and points of interest. */
import type { DbfColumn } from './dbf-write.ts'
import type { District } from './ground/district.ts'
import { flatCentre } from './ground/measure.ts'
import { roundRing } from './ground/offset.ts'
import type { ChordKind } from './ground/plan.ts'
import type { Use } from './ground/use.ts'
import { useNames } from './ground/use.ts'
import type { Layer } from './layers.ts'
import type { PlaceNames } from './place-names.ts'

const text = (name: string, width: number): DbfColumn => ({ name, type: 'C', width })
const number = (name: string): DbfColumn => ({ name, type: 'N', width: 8, decimals: 1 })

const streetClasses: Partial<Record<ChordKind, string>> = {
  viaduct: '快速路',
  arterial: '主干路',
  secondary: '次干路',
  local: '支路',
  lane: '街巷',
}

const waterKinds = { lake: '湖', river: '河', canal: '渠', pond: '塘' } as const

const interest: Partial<Record<Use, string>> = {
  commercial: '市场',
  school: '学校',
  health: '医院',
  government: '机关',
  park: '公园',
  residential: '住宅小区',
  office: '写字楼',
  industry: '企业',
}

export function placeLayers(
  district: District,
  names: PlaceNames,
  committees: readonly { name: string; at: [x: number, y: number] }[],
): Layer[] {
  const { streets, paths, waters, blocks, pieces } = district
  return [
    {
      name: 'streets',
      kind: 'line',
      columns: [text('NAME', 40), text('CLASS', 20), number('WIDTH')],
      rows: [
        ...streets.map(run => ({
          parts: [run.line],
          values: [names.streetOf(run.street), streetClasses[run.kind]!, run.halfM * 2],
        })),
        ...paths.map(({ line }) => ({ parts: [line], values: [null, '步道', 4] })),
      ],
    },
    {
      name: 'water',
      kind: 'polygon',
      columns: [text('NAME', 40), text('CLASS', 20)],
      rows: waters.map(w => ({
        parts: [w.ring],
        values: [w.kind === 'lake' ? names.waterOf(Number.NaN) : names.waterOf(w.water), waterKinds[w.kind]],
      })),
    },
    {
      name: 'blocks',
      kind: 'polygon',
      columns: [text('NAME', 40), text('CLASS', 20)],
      tells: 'driver',
      rows: [
        ...blocks.flatMap((b, i) =>
          b.ground
            ? [
                {
                  parts: [b.use === 'wood' ? roundRing(b.ground, 1) : b.ground],
                  values: [names.blockOf(i), useNames[b.use]],
                },
              ]
            : [],
        ),
        ...pieces.map(p => ({ parts: [p.ring], values: [null, '空地'] })),
      ],
    },
    {
      name: 'poi',
      kind: 'point',
      columns: [text('NAME', 50), text('CLASS', 20)],
      tells: 'cpg',
      rows: [
        ...blocks.flatMap((b, i) => {
          const kind = interest[b.use]
          return b.ground && kind ? [{ parts: [flatCentre(b.ground)], values: [names.blockOf(i), kind] }] : []
        }),
        ...committees.map(({ name, at }) => ({ parts: [at], values: [name, '居（村）委会'] })),
      ],
    },
  ]
}
