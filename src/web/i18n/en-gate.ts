/** The console's words in English for what the gate asks twice before it does it. */
import type { GateMessages } from './zh-gate.ts'

export const enGate: GateMessages = {
  gate: {
    holds: '{n} in all',
    emptied: 'Version {n} holds no component: the registry will be empty, and all {now} that are there end.',
    emptying: 'Yes: all {now} end',
  },
}
