/**
 * What the tile sets hold and how each looks at first sight in a map client: the layers and fields of their
 * TileJSON, and the layers of their MapLibre style. Colours are those of the console by day. Pure.
 */
import { FONTS, mapStyle, type StyleLayer } from '../../../tiles/style.ts'
import { type TileJson, tileJson, type VectorLayer } from '../../../tiles/tilejson.ts'
import { DOTS_FROM, FINE_BINS_FROM } from './rules.ts'
import { DEEPEST_TILE, type TileSet } from './schema.ts'

const ink = {
  ground: '#f4f2ec',
  land: '#fbfaf7',
  water: '#cfe2ec',
  waterInk: '#4b7a93',
  street: '#e5e0d6',
  block: '#f3f0e8',
  text: '#17202b',
  muted: '#5d6875',
  red: '#cf2e1b',
  hues: ['#d9795f', '#4f9f8f', '#c79a3a', '#6b8ecb', '#a777b8', '#7fa650'],
}

/** @param tiles URL template of the tiles, with the filter they were asked with */
export function describeSet(
  set: TileSet,
  { tiles, bounds, classes }: { tiles: string; bounds: TileJson['bounds']; classes: readonly string[] },
): TileJson {
  return tileJson({
    name: set,
    tiles: [tiles],
    minzoom: 0,
    maxzoom: DEEPEST_TILE,
    bounds,
    vectorLayers: layersOf(set, classes),
  })
}

export const styleSet = (set: TileSet, { url, center }: { url: string; center: TileJson['center'] }) =>
  mapStyle({
    name: set,
    url,
    center,
    background: set === 'base' ? ink.land : ink.ground,
    layers: drawn[set],
  })

function layersOf(set: TileSet, classes: readonly string[]): VectorLayer[] {
  const perClass = (when: string) =>
    Object.fromEntries(classes.map(code => [code, `how many of class ${code}${when}`]))
  switch (set) {
    case 'components':
      return [
        {
          id: 'components',
          fields: {
            class: 'class code; of a cluster the commonest',
            state: `state, of single components: from zoom ${DOTS_FROM} on, and where a cluster is one`,
            count: `how many components each position stands for, at zooms 0 to ${DOTS_FROM - 1}`,
            ...perClass(`, at zooms 0 to ${FINE_BINS_FROM - 1}`),
          },
        },
        { id: 'shapes', fields: { class: 'class code', state: 'state' }, minzoom: DOTS_FROM },
      ]
    case 'grids':
      return [
        ...['district', 'town', 'village', 'area'].map(id => ({
          id,
          fields: { code: 'code', name: 'name', hue: 'one of six hues, 0 to 5' },
        })),
        { id: 'labels', fields: { level: '0 to 3', name: 'name', code: 'code' } },
      ]
    case 'addresses':
      return [
        {
          id: 'addresses',
          fields: {
            text: `the address, from zoom ${DOTS_FROM} on`,
            count: `how many addresses each position stands for, at zooms 0 to ${DOTS_FROM - 1}`,
          },
        },
      ]
    case 'density':
      return [
        {
          id: 'cells',
          fields: {
            cell: 'H3 index',
            count: 'how many components lie in the cell',
            class: 'the commonest class',
            perKm2: 'components a square kilometre',
            ...perClass(''),
          },
        },
      ]
    case 'base':
      return [
        { id: 'water', fields: { name: 'name', kind: 'kind' } },
        { id: 'block', fields: { kind: 'land use' } },
        { id: 'street', fields: { name: 'name', class: 'rank' } },
        { id: 'poi', fields: { name: 'name', kind: 'kind' } },
        { id: 'address', fields: { text: 'address' } },
      ]
  }
}

const text = (field: string, size: number, color = ink.text): Pick<StyleLayer, 'layout' | 'paint'> => ({
  layout: { 'text-field': ['to-string', ['get', field]], 'text-font': FONTS, 'text-size': size },
  paint: { 'text-color': color, 'text-halo-color': ink.land, 'text-halo-width': 1.2 },
})

const border = (level: string, width: number, dashed = false): StyleLayer => ({
  id: `${level}-border`,
  type: 'line',
  'source-layer': level,
  paint: {
    'line-color': ink.text,
    'line-opacity': 0.6,
    'line-width': width,
    ...(dashed ? { 'line-dasharray': [3, 2] } : {}),
  },
})

const dot = (id: string, layer: string, radius: unknown, more: Partial<StyleLayer> = {}): StyleLayer => ({
  id,
  type: 'circle',
  'source-layer': layer,
  ...more,
  paint: { 'circle-color': ink.red, 'circle-radius': radius, 'circle-opacity': 0.88 },
})

/** Equally dense ground looks alike at every zoom: an area on the screen is a quarter of it one zoom further in. */
const crowdRadius = ['min', 4, ['max', 1, ['*', 0.35, ['sqrt', ['get', 'count']]]]]
const byZoom = (...stops: number[]) => ['interpolate', ['linear'], ['zoom'], ...stops]

const drawn: Record<TileSet, readonly StyleLayer[]> = {
  components: [
    {
      id: 'shape-fill',
      type: 'fill',
      'source-layer': 'shapes',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ink.red, 'fill-opacity': 0.12 },
    },
    {
      id: 'shape-line',
      type: 'line',
      'source-layer': 'shapes',
      paint: { 'line-color': ink.red, 'line-width': byZoom(15, 1, 18, 2.5) },
    },
    dot('cluster', 'components', ['+', 8, ['*', 2.4, ['log10', ['get', 'count']]]], {
      maxzoom: FINE_BINS_FROM,
    }),
    {
      id: 'cluster-count',
      type: 'symbol',
      'source-layer': 'components',
      maxzoom: FINE_BINS_FROM,
      filter: ['>', ['get', 'count'], 1],
      ...text('count', 11, ink.land),
    },
    dot('crowd', 'components', crowdRadius, { minzoom: FINE_BINS_FROM, maxzoom: DOTS_FROM }),
    dot('component', 'components', byZoom(15, 1.8, 18, 5), { minzoom: DOTS_FROM }),
  ],
  grids: [
    {
      id: 'area-fill',
      type: 'fill',
      'source-layer': 'area',
      paint: {
        'fill-color': ['match', ['get', 'hue'], ...ink.hues.flatMap((hue, i) => [i, hue]), ink.muted],
        'fill-opacity': 0.12,
      },
    },
    border('area', 1, true),
    border('village', 2),
    border('town', 3),
    border('district', 3),
    ...([1, 2, 3] as const).map(
      (level): StyleLayer => ({
        id: `label-${level}`,
        type: 'symbol',
        'source-layer': 'labels',
        minzoom: [9, 11, 13][level - 1]!,
        filter: ['==', ['get', 'level'], level],
        ...text('name', [16, 14, 12][level - 1]!),
      }),
    ),
  ],
  addresses: [
    dot('address-crowd', 'addresses', crowdRadius, { maxzoom: DOTS_FROM }),
    dot('address', 'addresses', 2.5, { minzoom: DOTS_FROM }),
    { id: 'address-text', type: 'symbol', 'source-layer': 'addresses', minzoom: 17, ...text('text', 12) },
  ],
  density: [
    {
      id: 'cell',
      type: 'fill',
      'source-layer': 'cells',
      paint: {
        'fill-color': ink.red,
        'fill-opacity': ['interpolate', ['linear'], ['get', 'perKm2'], 0, 0.04, 2000, 0.3, 8000, 0.75],
      },
    },
    {
      id: 'cell-border',
      type: 'line',
      'source-layer': 'cells',
      paint: { 'line-color': ink.land, 'line-width': 0.5 },
    },
  ],
  base: [
    { id: 'block', type: 'fill', 'source-layer': 'block', paint: { 'fill-color': ink.block } },
    { id: 'water', type: 'fill', 'source-layer': 'water', paint: { 'fill-color': ink.water } },
    {
      id: 'street',
      type: 'line',
      'source-layer': 'street',
      paint: { 'line-color': ink.street, 'line-width': byZoom(10, 0.6, 14, 3, 18, 14) },
    },
    {
      id: 'water-name',
      type: 'symbol',
      'source-layer': 'water',
      minzoom: 12,
      filter: ['has', 'name'],
      ...text('name', 12, ink.waterInk),
    },
    {
      id: 'street-name',
      type: 'symbol',
      'source-layer': 'street',
      minzoom: 14,
      filter: ['has', 'name'],
      layout: { ...text('name', 12).layout, 'symbol-placement': 'line' },
      paint: text('name', 12, ink.muted).paint!,
    },
    {
      id: 'poi-name',
      type: 'symbol',
      'source-layer': 'poi',
      minzoom: 15,
      filter: ['has', 'name'],
      ...text('name', 12, ink.muted),
    },
    {
      id: 'address-text',
      type: 'symbol',
      'source-layer': 'address',
      minzoom: 17,
      ...text('text', 11, ink.muted),
    },
  ],
}
