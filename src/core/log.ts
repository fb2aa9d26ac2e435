/** The log: pino, one JSON line an event. Secrets never reach it: headers and bodies are not logged. */
import { type Logger, pino } from 'pino'

export type Log = Logger

export const openLog = (level: string): Log =>
  pino({
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
  })
