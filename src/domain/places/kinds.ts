/** Kinds of named places and the classes within each, with their words in both languages. Pure. */

/** 街道、水域、地块、兴趣点 */
export const placeKinds = {
  street: ['道路', 'street'],
  water: ['水域', 'water'],
  block: ['地块', 'block'],
  poi: ['地点', 'point of interest'],
} as const
export type PlaceKind = keyof typeof placeKinds

/** Classes of each kind, the widest or most common first; a source may use words of its own beside them. */
export const placeClasses = {
  street: {
    expressway: ['快速路', 'expressway'],
    arterial: ['主干路', 'arterial'],
    secondary: ['次干路', 'secondary'],
    local: ['支路', 'local street'],
    lane: ['街巷', 'lane'],
    path: ['步道', 'path'],
    bridge: ['桥', 'bridge'],
    railway: ['铁路', 'railway'],
  },
  water: {
    lake: ['湖', 'lake'],
    river: ['河', 'river'],
    canal: ['渠', 'canal'],
    pond: ['塘', 'pond'],
  },
  block: {
    residential: ['居住用地', 'residential'],
    village: ['村庄', 'village'],
    commercial: ['商业用地', 'commercial'],
    industrial: ['工业用地', 'industrial'],
    public: ['公共设施用地', 'public'],
    green: ['绿地', 'green'],
    farmland: ['农田', 'farmland'],
    vacant: ['空地', 'vacant'],
  },
  poi: {
    government: ['机关', 'government'],
    committee: ['居（村）委会', 'committee'],
    school: ['学校', 'school'],
    hospital: ['医院', 'hospital'],
    police: ['派出所', 'police'],
    market: ['市场', 'market'],
    shop: ['商店', 'shop'],
    park: ['公园', 'park'],
    estate: ['住宅小区', 'housing estate'],
    office: ['写字楼', 'office building'],
    company: ['企业', 'company'],
    station: ['车站', 'station'],
    temple: ['寺庙', 'temple'],
  },
} as const satisfies Record<PlaceKind, Record<string, readonly [string, string]>>

/** The kind a text names: the key itself or its word in either language; null for anything else. */
export function placeKindOf(text: string): PlaceKind | null {
  return (wordOf(placeKinds, text) ?? kindAliases[folded(text)] ?? null) as PlaceKind | null
}

/** The class a text names, or the text as it stands where it is a word of the source's own; null for nothing. */
export function placeClassOf(kind: PlaceKind, text: string | null): string | null {
  if (text === null || text.trim() === '') return null
  return wordOf(placeClasses[kind], text) ?? text.trim()
}

/** The words of a class, or itself where it is a source's own. */
export function placeClassName(kind: PlaceKind, placeClass: string, lang: 'zh' | 'en'): string {
  const words = (placeClasses[kind] as Record<string, readonly [string, string]>)[placeClass]
  return words ? words[lang === 'zh' ? 0 : 1] : placeClass
}

const kindAliases: Record<string, PlaceKind> = {
  街道: 'street',
  街巷: 'street',
  road: 'street',
  水系: 'water',
  院落: 'block',
  小区: 'block',
  兴趣点: 'poi',
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

function wordOf(table: Record<string, readonly [string, string]>, text: string): string | null {
  const word = folded(text)
  for (const [key, [zh, en]] of Object.entries(table)) {
    if (word === key || word === folded(zh) || word === en) return key
  }
  return null
}
