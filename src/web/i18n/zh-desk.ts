/** The console's words in Chinese for what stands beside the work: what is open before a load, what is not shown. */
export const zhDesk = {
  desk: {
    crsFirst: '先选择坐标系，再开始载入',
    layerUncounted: '{name}：行数未计，{kind}',
    unused: '未用作字段的列（{n}）：{names}',
    searchMore: '只列出前 {n} 个，还有更多；多输几个字可以缩小范围',
    noDelivery: '没有第 {n} 批',
    noDeliveryText: '它可能属于别的行政区，或者地址有误。',
    emptyDistrict: '{name}还没有数据',
    needDistrictName: '请填写行政区名称',
    needDistrictCode: '请填写六位行政区划代码',
    dropGdal:
      '还可以：MapInfo（.tab .dat .map .id 或 .mif .mid 一起选）、DXF、KML、KMZ、FileGDB（把 .gdb 文件夹压成 .zip）。',
  },
}
