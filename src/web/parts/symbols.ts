/**
 * The signs of component classes: an outline that tells the major class, and inside it a glyph that
 * tells the class: a small drawing for the common families, else one character of its name. All are
 * paths in a box of 24 x 24, drawn by the page as SVG and by the map on a canvas.
 */
export interface Sign {
  outline: string
  /** A stroked path, or a single character. */
  glyph: { path: string } | { text: string }
}

const circle = 'M12 1.5a10.5 10.5 0 1 0 0 21a10.5 10.5 0 1 0 0-21z'
const square = 'M6 2h12a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4V6a4 4 0 0 1 4-4z'
const outlines: Record<string, string> = {
  '01': square,
  '02': 'M12 .6 23.4 12 12 23.4 .6 12z',
  '03': 'M12 .8 21.9 6.4v11.2L12 23.2 2.1 17.6V6.4z',
  '04': 'M12 .8c6.5 2.2 10.4 6.7 10.4 12.1a10.4 10.4 0 0 1-20.8 0C1.6 7.5 5.5 3 12 .8z',
  '05': 'M12 1 23 9.5V22.5H1V9.5z',
  '06': 'M12 .8 23.5 21.8H.5z',
  '21': 'M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z',
}

const wave = (y: number): string => `M6.4 ${y}q1.9-3 3.75 0t3.75 0 3.75 0`
const bolt = 'M13.4 5.3 8 13h3.3l-.8 5.7L16 11h-3.4z'
const lamp = 'M12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6zM12 5.4v1.5M12 17.1v1.5M5.4 12h1.5M17.1 12h1.5'
const post = 'M9 18.5V8.5q0-3 3-3h3.5M15.5 5.5v3M6.8 18.5h4.4'
const tree = 'M12 18.5v-6M12 5.5a4.2 4.2 0 0 1 3 7.1h-6a4.2 4.2 0 0 1 3-7.1z'
const glyphs: Record<string, string> = {
  '0101': wave(12.6),
  '0102': wave(10) + wave(15),
  '0103': 'M12 6q4.3 5.1 4.3 7.7a4.3 4.3 0 0 1-8.6 0Q7.7 11.1 12 6z',
  '0104': 'M7.5 7v10M10.5 7v10M13.5 7v10M16.5 7v10',
  '0105': bolt,
  '0106': lamp,
  '0107': 'M7.8 7.2c0 5.3 3.7 9 9 9v-2.7l-2.9-1-1.2 1.3a7.6 7.6 0 0 1-2.5-2.5l1.3-1.2-1-2.9z',
  '0108': 'M7 9.5h10v7H7zM9.5 6l2.5 3.5L14.5 6',
  '0109': 'M12 7v4.5M12 11.5 7.8 16M12 11.5l4.2 4.5M12 6v.1M7.3 16.5v.1M16.7 16.5v.1',
  '0110': 'M8.5 7q-2 2.5 0 5t0 5M12 7q-2 2.5 0 5t0 5M15.5 7q-2 2.5 0 5t0 5',
  '0111':
    'M12 5.3c.5 3.1 4.2 4.3 4.2 8.2a4.2 4.2 0 0 1-8.4 0c0-2 1.2-2.7 1.7-4.2 1 .6 1.5 1.3 1.7 2.1.8-1.4 1-3.6.8-6.1z',
  '0112': 'M12 5.6 17 7.4v4.4c0 3.3-2.2 5.3-5 6.7-2.8-1.4-5-3.4-5-6.7V7.4z',
  '0113': 'M9.8 18v-8a2.2 2.2 0 0 1 4.4 0v8M7.5 18h9M7.5 12.5h9',
  '0114': 'M9.3 9.6a2.7 2.7 0 1 1 3.9 2.4c-.9.4-1.2 1-1.2 2M12 17v.1',
  '0116': bolt,
  '0117': 'M12 18.5V5.5M8 8.5h8M9.8 18.5h4.4',
  '0118': post,
  '0133': 'M12 5 8 18.5M12 5l4 13.5M9.3 14h5.4M7.5 9h9',
  '0136': 'M6.5 9.5h8v5.5h-8zM14.5 11.5l3.5-2v5.5l-3.5-2',
  '0201': 'M9.5 18V6.5h3.7a3 3 0 0 1 0 6.5H9.5',
  '0203': 'M7.5 7h9v8.5h-9zM7.5 12h9M9.3 15.5v1.8M14.7 15.5v1.8',
  '0209': 'M12 18v-7M8.5 6.5h7v4.5h-7z',
  '0210': 'M12 7.2v.1M12 12v.1M12 16.8v.1',
  '0211': 'M7 9.5h10M7 14.5h10M8.5 7.5v9M15.5 7.5v9',
  '0305': 'M8 8.5h8l-.8 9H8.8zM7 8.5h10M10.5 6.5h3',
  '0307': 'M7 7h10v6.5H7zM9.5 13.5v4M14.5 13.5v4',
  '0402': tree,
  '0405': 'M12 18.5v-7M12 14q-4.5 0-4.5-4.5Q12 9.5 12 14zM12 12q0-4.5 4.5-4.5Q16.5 12 12 12z',
  '0407': 'M7 12h10M7 9h10M8.5 12v4.5M15.5 12v4.5',
}
/** The character that tells most, where the first of the name does not. */
const characters: Record<string, string> = {
  '0115': '箱',
  '0124': '信',
  '0126': '健',
  '0128': '公',
  '0129': '油',
  '0132': '供',
  '0135': '气',
  '0138': '岗',
  '0204': '的',
  '0205': '桥',
  '0206': '道',
  '0208': '河',
  '0213': '名',
  '0214': '控',
  '0215': '屏',
  '0216': '隔',
  '0217': '岗',
  '0301': '厕',
  '0303': '牌',
  '0304': '圾',
  '0403': '护',
  '0408': '栏',
  '0503': '室',
  '0601': '危',
  '0602': '工',
  '0604': '栏',
  '0605': '港',
  '0606': '汛',
}
/** Local classes whose family the name tells. */
const byName: [RegExp, string][] = [
  [/路灯/, post],
  [/树/, tree],
  [/[灯]/, lamp],
]

/** The sign of a class; `name` (Chinese) helps with codes no standard knows. */
export function signOf(code: string, name: string): Sign {
  const cover = /井盖|井箅/.test(name)
  const outline = cover ? circle : code === '0104' ? square : (outlines[code.slice(0, 2)] ?? outlines['21']!)
  const drawn = standard(code, name) ? glyphs[code] : undefined
  const path = drawn ?? (cover || code < '21' ? undefined : byName.find(([sense]) => sense.test(name))?.[1])
  if (path) return { outline, glyph: { path } }
  const text = (standard(code, name) ? characters[code] : undefined) ?? [...name][0] ?? '·'
  return { outline, glyph: { text } }
}

/** Cities reuse numbers for other classes: a drawing holds only while the name's family agrees. */
function standard(code: string, name: string): boolean {
  const covers = /^01(0[1235-9]|1[0-24]|2[789]|30)$/
  return name === '' || covers.test(code) === /井盖/.test(name)
}
