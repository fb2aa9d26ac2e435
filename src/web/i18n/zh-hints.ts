/** The console's words in Chinese for hints on coordinates. */
export const zhHints = {
  hints: {
    heading: '坐标提示',
    listMark: '、',
    lead: '由抽样的点推断，系统不会自行改动；核实后由您写入方案。',
    inside: '抽样点在辖区内',
    now: '现在',
    after: '采用后',
    of: '{n} / {all}',
    take: '写入方案：{change}',
    none: '须由提交方重新导出，方案中没有可改之处。',
    layers: '{n} 个图层：{names}',
    change_crs: '坐标系 {value}',
    change_crsLong: '坐标系（中央经线 {meridian}）',
    change_swapOn: 'X 列是北、Y 列是东',
    change_swapOff: 'X 列是东、Y 列是北',
    change_degrees: '度的写法 {value}',
    degrees: '度的写法',
    degrees_decimal: '十进制度（120.632）',
    degrees_d_mmss: '度.分分秒秒（120.3755 即 120°37′55″）',
    degrees_d_mmmm: '度.分（120.3792 即 120°37.92′）',
    degrees_dmm_mmmm: '度分.分（12037.92 即 120°37.92′）',
  },
}

export type HintMessages = typeof zhHints
