/** The console's words in Chinese for photos taken as evidence. */
export const zhEvidence = {
  evidence: {
    heading: '现场照片',
    photo: '照片 {n}',
    camera: '拍照',
    choose: '选择照片',
    lead: '最多 {n} 张。只保存画面，照片自带的位置、时间和机型不保存。',
    street:
      '可不拍，最多 {n} 张。请不要拍到人脸和车牌；照片自带的位置、时间和机型不保存，问题办结后照片即删除。',
    over: '最多 {n} 张，多出的没有加入',
    sending: '照片 {n} 正在发送',
    waiting: '照片还在发送，请稍候',
    lost: '网络中断，恢复后自动续传',
    remove: '去掉照片 {n}',
    gone: '{n} 张照片已随结案删除',
    from: '变更申请 #{n} · {size}',
    count: '{n} 张照片',
    named: '照片文件名：{name}',
  },
}
export type EvidenceMessages = typeof zhEvidence
