/**
 * Words for what readers, JSON, zip and PostGIS say in a few words of their own: a finding carries them as they
 * are, and they are told in the reader's language. What stands before a colon and behind it is told apart.
 *
 *   line 7, column 3: a comma is missing  ->  第 7 行第 3 列：缺少逗号
 */

import { isRequirable, requirable } from './requirable.ts'

/** An absent English means: as it is. */
type Words = readonly [said: RegExp, zh: string, en?: string]

const reasons: readonly Words[] = [
  // shapes
  [/^empty$/, '没有坐标', 'it has no coordinates'],
  [/^line-short$/, '线少于两个点', 'a line has fewer than two points'],
  [/^ring-short$/, '环少于四个点', 'a ring has fewer than four points'],
  [/^ring-open$/, '环没有闭合', 'a ring is not closed'],
  [/^Self-intersection$/, '自相交'],
  [/^Ring Self-intersection$/, '环自相交'],
  [/^Hole lies outside shell$/, '洞在外环之外'],
  [/^Holes are nested$/, '洞互相嵌套'],
  [/^Nested shells$/, '面互相嵌套'],
  [/^Interior is disconnected$/, '内部不连通'],
  [/^Duplicate Rings?$/, '环重复'],
  [/^Too few points in geometry component$/, '点数过少'],
  [/^Invalid Coordinate$/, '坐标无效'],
  [/^Ring is not closed$/, '环没有闭合'],
  [/^WKT$/, '不是 WKT', 'it is not WKT'],
  [/^not an object$/, '不是对象'],
  [/^no type$/, '没有 type'],
  [/^(\w+) without coordinates$/, '$1 没有坐标'],
  [/^coordinates are not those of a (\w+)$/, '坐标的层次与 $1 不符'],
  [/^no record$/, '没有记录'],
  [/^the record is longer than the file$/, '记录超出文件末尾'],
  [/^(?:record|geometry) of (\d+) B$/, '记录只有 $1 字节'],
  [/^(?:multi)?point of (\d+) B$/, '点记录只有 $1 字节'],
  [/^(\d+) points in (\d+) B$/, '$2 字节中不可能有 $1 个点'],
  [/^(\d+) parts, (\d+) points in (\d+) B$/, '$3 字节中不可能有 $1 个部分、$2 个点'],
  [/^part (\d+)$/, '第 $1 部分'],
  [/^points (\d+) to (\d+) of (\d+)$/, '点号 $1 至 $2 超出 $3 个点'],
  [/^shape type (-?\d+)$/, '几何类型代码 $1'],
  [/^not a GeoPackage geometry$/, '不是 GeoPackage 几何'],
  [/^envelope of kind (\d+)$/, '外框类型 $1 不明'],
  [/^a (string|number|bigint)$/, '几何列中不是几何', 'the column holds no geometry'],
  // photos
  [/^0 bytes$/, '文件为空（0 字节）', 'it is empty (0 bytes)'],
  [/^the picture is cut short$/, '图像不完整'],
  [/^the picture is broken$/, '图像已损坏'],
  [/^it is no JPEG, PNG or HEIC$/, '内容不是 JPG、PNG 或 HEIC'],
  [/^it is a link$/, '是链接，不读取'],
  [/^it is no file$/, '不是文件'],
  [/^it cannot be opened \((.*)\)$/, '无法打开（$1）'],
  [/^larger than (\d+) MB$/, '超过 $1 MB'],
  // where
  [/^row (\d+)$/, '第 $1 行'],
  [/^fid (\d+)$/, 'fid $1'],
  [/^coordinates$/, '坐标'],
  [/^\.shp @ (\d+) B$/, '.shp 第 $1 字节'],
  [/^line (\d+), column (\d+)$/, '第 $1 行第 $2 列'],
  [/^line (\d+)$/, '第 $1 行'],
  [/^record (\d+)$/, '第 $1 条'],
  [/^feature (\d+), from line (\d+), column (\d+)$/, '第 $1 个要素（自第 $2 行第 $3 列起）'],
  [/^around the features$/, '要素之外'],
  // what a hint is judged by, and how sure it is
  [/^registry$/, '登记册中标识码相同的部件', 'components of the same codes in the registry'],
  [/^streets$/, '道路和地址的位置', 'where streets and addresses lie'],
  [/^grids$/, '所填网格', 'the grids it states'],
  [/^border$/, '行政区边界', 'the border of the district'],
  [/^certain$/, '可以确定', 'certain'],
  [/^likely$/, '很可能', 'likely'],
  [/^possible$/, '有可能', 'possible'],
  // why a hint cannot be given
  [/^few$/, '点太少', 'there are too few points'],
  [
    /^narrow$/,
    '点集中在一处，移开几百米同样说得通',
    'the points lie so close together that some hundred metres aside they would fit as well',
  ],
  [
    /^ground$/,
    '与本区的道路、网格和边界比对，分不出是否偏移',
    'streets, grids and border of the district do not tell',
  ],
  // files
  [
    /^(?:Unexpected|Expected|Unterminated|Bad|No number|Exponent) .*/s,
    '不合 JSON 语法',
    'it is not JSON ($&)',
  ],
  [/^a comma is missing$/, '缺少逗号'],
  [/^a comma too many$/, '多了逗号'],
  [/^a bracket too many$/, '多了括号'],
  [/^more text after the end$/, '结束之后还有内容'],
  [/^the end is missing$/, '没有结尾'],
  [/^(?:record )?too long$/, '过长'],
  [/^not a feature$/, '不是要素'],
  [/^FeatureCollection without features$/, 'FeatureCollection 没有 features'],
  [/^JSON, but not GeoJSON \((.*)\)$/, '是 JSON，但不是 GeoJSON（$1）'],
  [/^TopoJSON without arcs or objects$/, 'TopoJSON 没有 arcs 或 objects'],
  [/^CRC \((.*)\)$/, '校验和不符（$1）', 'the checksum is wrong ($1)'],
  [/^no part (.*)$/, '缺少部分 $1', 'the part $1 is missing'],
  [/^no table (.*)$/, '缺少表 $1', 'the table $1 is missing'],
  [/^shapefile header$/, '文件头不是 Shapefile 的', 'its header is not that of a shapefile'],
  [/^DBF header$/, 'DBF 文件头有误', 'the DBF header is wrong'],
  [/^columns of (\d+) B in rows of (\d+) B$/, '各列共 $1 字节，行只有 $2 字节'],
  [/^not (\.\w+)$/, '内容不是 $1', 'it is not $1'],
  [/^not ([\w-]+)$/, '编码不是 $1', 'its text is not $1'],
  [/^fid (-?\d+) behind (-?\d+)$/, 'fid $1 在 $2 之后，次序有误', 'fid $1 stands behind $2'],
  [/^row (.+) after row (\d+)$/, '第 $2 行之后是第 $1 行'],
  [/^cell (.+) in row (\d+)$/, '第 $2 行中的单元格 $1'],
  [/^too many texts to hold$/, '文字过多，无法容纳'],
  [/^a quote that never closes$/, '引号没有闭合'],
  [/^central directory$/, '压缩包目录', 'the directory of the archive'],
  [/^(\d+) entries$/, '$1 个条目'],
  [/^(\d+) bytes$/, '$1 字节'],
  // codes and things
  [/^blanks$/, '空格或不可见字符', 'blanks or invisible characters'],
  [/^full-width characters$/, '全角字符'],
  [/^lost zeros$/, '缺失的前导零', 'lost its leading zeros'],
  [/^same photo$/, '照片相同', 'with the same photo'],
  [/^nothing to tell them apart$/, '没有可区分的属性', 'with nothing to tell them apart'],
  [/^an error of ours; the log has it$/, '系统内部错误，详见日志'],
]

const shapes: readonly Words[] = [
  [/\bpoint\b/gi, '点'],
  [/\bline(string)?\b/gi, '线'],
  [/\bpolygon\b/gi, '面'],
  [/Multi\*/, 'Multi*'],
]

/** Our fields, as a profile that lacks one is told. */
const fields: Record<string, readonly [zh: string, en: string]> = {
  code: ['代码', 'the code'],
  name: ['名称', 'the name'],
  level: ['级别', 'the level'],
  className: ['类别', 'the class'],
  text: ['地址', 'the text of the address'],
  placeKind: ['地名种类', 'the kind of place'],
  geometry: ['几何类型', 'the kind of geometry'],
}

/** 交付内容, as a layer is told that is of another. */
const kinds: Record<string, readonly [zh: string, en: string]> = {
  grids: ['网格', 'grids'],
  'unit-grids': ['单元网格', 'unit grids'],
  components: ['部件', 'components'],
  addresses: ['门牌地址', 'addresses'],
  places: ['地名', 'places'],
}

/** Members of a detail that are words, not values. */
const worded = new Set(['reason', 'place', 'limit', 'expected', 'against', 'sure', 'what', 'alike'])

/** A member of a finding's detail in a language. */
export function inWords(member: string, said: string | number, code: string, lang: 'zh' | 'en'): string {
  const text = String(said)
  if (code === 'geometry.type' && member === 'rule')
    return lang === 'en' ? text : shapes.reduce((told, [words, zh]) => told.replace(words, zh), text)
  if (code === 'file.truncated' && lang === 'zh') return sized(text)
  if (member === 'attribute' && isRequirable(text)) return requirable[text][lang === 'zh' ? 0 : 1]
  if (member === 'label') return fields[text]?.[lang === 'zh' ? 0 : 1] ?? text
  if (code === 'layer.other-kind' && member === 'kind') return kinds[text]?.[lang === 'zh' ? 0 : 1] ?? text
  return worded.has(member) ? told(text, lang) : text
}

/** Sizes in words, each set apart from the word before it. */
const sized = (text: string): string =>
  told(text, 'zh').replace(/^(\d+) B(?: \((.*)\))?$/, (_, n, by) => ` ${n} 字节${by ? `（按 ${by}）` : ''}`)

function told(text: string, lang: 'zh' | 'en'): string {
  for (const [words, zh, en] of reasons)
    if (words.test(text)) return lang === 'zh' ? text.replace(words, zh) : text.replace(words, en ?? '$&')
  const colon = text.indexOf(': ')
  if (colon < 0) return text
  const [head, tail] = [text.slice(0, colon), text.slice(colon + 2)]
  return `${told(head, lang)}${lang === 'zh' ? '：' : ': '}${told(tail, lang)}`
}
