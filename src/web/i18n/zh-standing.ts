/** The console's words in Chinese for how a delivery stands. */
export const zhStanding = {
  standing: {
    compared: '已比对',
    most: '已发布，仅收 {taken} / {read}',
    refused: '，未收 {n}',
    comparedText: '只与现有网格比对，登记的内容没有改变：{n} 个一致。差别见下面的问题。',
    mostText: '多数行没有收：{refused} / {read} 行有错误。请改正后重新交付。',
  },
}

export type StandingMessages = typeof zhStanding
