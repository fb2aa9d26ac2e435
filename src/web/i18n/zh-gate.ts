/** The console's words in Chinese for what the gate asks twice before it does it. */
export const zhGate = {
  gate: {
    holds: '共 {n} 件',
    emptied: '第 {n} 版没有任何部件：恢复后登记册是空的，现有 {now} 件部件全部作废。',
    emptying: '确认：全部 {now} 件作废',
  },
}

export type GateMessages = typeof zhGate
