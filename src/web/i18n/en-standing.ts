/** The console's words in English for how a delivery stands. */
import type { StandingMessages } from './zh-standing.ts'

export const enStanding: StandingMessages = {
  standing: {
    compared: 'Compared',
    most: 'Published, {taken} of {read} taken',
    refused: ', {n} refused',
    comparedText:
      'It was only compared with the grids that hold, and changed nothing: {n} are the same. What differs is among the findings.',
    mostText: 'Most rows were not taken: {refused} of {read} have errors. Mend them and deliver again.',
  },
}
