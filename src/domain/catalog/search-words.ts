/**
 * Other English words for the classes of the standard, for the search alone: several classes may share one, and a
 * delivery's class is never matched by them. Pure.
 */

const COVER = 'manhole'

// biome-ignore format: one class a line
export const searchWords: Readonly<Record<string, string>> = {
  上水井盖: `${COVER}, drinking water`, 污水井盖: `${COVER}, sewer, sewerage`, 雨水井盖: `${COVER}, stormwater, drain`,
  雨水箅子: 'drain, gully, gutter, stormwater, catch basin',
  电力井盖: `${COVER}, electricity`, 路灯井盖: `${COVER}, street light, streetlight`, 通讯井盖: `${COVER}, telephone, communication`,
  电视井盖: `${COVER}, television`, 网络井盖: `${COVER}, internet, fibre, fiber`, 热力井盖: `${COVER}, heat`, 燃气井盖: COVER,
  公安井盖: COVER, 无主井盖: `${COVER}, unowned`, 中水井盖: `${COVER}, recycled water`, 公交井盖: COVER, '输油(气)井盖': `${COVER}, pipeline`, 特殊井盖: COVER,
  消防设施: 'fire hydrant, fireplug', 通讯交接箱: 'junction box, street cabinet', 电力设施: 'electricity, substation',
  立杆: 'post, pillar, mast, utility pole', 路灯: 'street light, streetlight, lamp post, lamppost, lighting', 地灯: 'ground light, floor light',
  景观灯: 'landscape light, floodlight', 报刊亭: 'newsstand', 电话亭: 'telephone box, payphone, call box', 邮筒: 'mailbox, letter box, letterbox',
  信息亭: 'information booth', 自动售货机: 'vending', 健身设施: 'exercise, outdoor gym', 民用水井: 'water well', 供水器: 'drinking fountain, water tap',
  高压线铁塔: 'transmission tower, power line', '变压器(箱)': 'substation', 监控电子眼: 'CCTV', 售货亭: 'stall, stand', 治安岗亭: 'sentry box',
  停车场: 'parking lot', 公交站亭: 'bus stop', 出租车站牌: 'taxi stand, cab', 过街天桥: 'pedestrian bridge, overpass', 地下通道: 'subway, pedestrian tunnel',
  高架立交桥: 'overpass, viaduct, interchange', 交通标志牌: 'road sign', 交通信号灯: 'traffic signal, stoplight', 交通护栏: 'guardrail, guard rail, barrier, fence',
  存车支架: 'bike rack, cycle stand', 路名牌: 'street sign, road name', 交通信号设施: 'traffic signal', 道路隔音屏: 'sound barrier', 交通岗亭: 'police box',
  公共厕所: 'restroom, WC, lavatory', '垃圾间(楼)': 'garbage, trash, waste, rubbish', 垃圾箱: 'trash can, garbage can, rubbish bin, dustbin, waste bin',
  广告牌匾: 'signboard, hoarding, advertising', 古树名木: 'ancient tree, old tree', 行道树: 'roadside tree', 花架花钵: 'planter, flower pot, flowerpot',
  绿地: 'lawn, park, grass', 雕塑: 'statue', 街头坐椅: 'seat', 绿地护栏: 'fence', 宣传栏: 'bulletin board, billboard', 人防工事: 'air-raid shelter, bunker',
  重大危险源: 'danger', 工地: 'building site', 水域护栏: 'fence, guardrail', 防汛墙: 'levee, dike, dyke, flood defence',
}

/** Empty for a class of a district's own. */
export const searchWordsOf = (className: string): string => searchWords[className] ?? ''
