/** The log: pino, one JSON line an event. Secrets never reach it: headers and bodies are not logged. */
import { type Logger, pino } from 'pino'

export type Log = Logger

/** @param to a command keeps its standard output for its own answer */
export const openLog = (level: string, to: 'stdout' | 'stderr' = 'stdout'): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: [
        'password',
        '*.password',
        'token',
        '*.token',
        'cookie',
        '*.cookie',
        'authorization',
        '*.authorization',
      ],
    },
    pino.destination(to === 'stdout' ? 1 : 2),
  )
