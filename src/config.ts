/**
 * The configuration, from the environment, checked at once and as a whole. The only reader of process.env;
 * everything has a default, so that no variable is needed.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

export interface Config {
  port: number
  host: string
  /** Absent = the embedded engine under dataDir. */
  databaseUrl: string | null
  /** Absolute path. */
  dataDir: string
  /** PEM texts of TLS_CERT and TLS_KEY. */
  tls: { cert: string; key: string } | null
  bootstrapToken: string | null
  logLevel: LogLevel
  uploadLimitBytes: number
  /** `https://grid.example.cn`: how people reach us, where a proxy stands before us. */
  publicOrigin: string | null
  trustProxy: boolean
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** Every fault of the environment, one line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.name = 'ConfigError'
    this.faults = faults
  }
}

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }

const bytes = z.string().transform((text, context) => {
  const match = text.trim().match(/^(\d{1,15})\s*(|[kmg]i?)b?$/i)
  const value = match ? Number(match[1]) * UNITS[match[2]!.toLowerCase()]! : 0
  if (value < 1) context.addIssue('must be a number of bytes, such as 2147483648, 500 MB or 2 GiB')
  return value
})

const yes = z
  .enum(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'], 'must be true or false')
  .transform(word => ['1', 'true', 'yes', 'on'].includes(word))

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username)
    return url.origin
  context.addIssue('must be a scheme and a host only, such as https://grid.example.cn')
  return z.NEVER
})

const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
    .transform(Number)
    .refine(port => port <= 65_535, 'must be a port number from 0 to 65535')
    .default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .nullable()
    .default(null),
  DATA_DIR: z.string().default('./data'),
  TLS_CERT: z.string().nullable().default(null),
  TLS_KEY: z.string().nullable().default(null),
  BOOTSTRAP_TOKEN: z
    .string()
    .min(32, 'must have at least 32 characters')
    .regex(/^[\w.~+/=-]+$/, 'may hold only letters, digits and . _ ~ + / = -')
    .nullable()
    .default(null),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  UPLOAD_LIMIT: bytes.default(2 * 2 ** 30),
  PUBLIC_ORIGIN: origin.nullable().default(null),
  TRUST_PROXY: yes.default(false),
})

/**
 * @param env process.env; an empty variable counts as absent
 * @throws ConfigError with all faults; values that may be secret are not repeated in it
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const checked = environment.safeParse(given)
  const faults = checked.success
    ? []
    : checked.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`)
  const tls = readTls(given.TLS_CERT, given.TLS_KEY, faults)
  if (faults.length > 0 || !checked.success) throw new ConfigError(faults)
  const { data } = checked
  return {
    port: data.PORT,
    host: data.HOST,
    databaseUrl: data.DATABASE_URL,
    dataDir: resolve(data.DATA_DIR),
    tls,
    bootstrapToken: data.BOOTSTRAP_TOKEN,
    logLevel: data.LOG_LEVEL,
    uploadLimitBytes: data.UPLOAD_LIMIT,
    publicOrigin: data.PUBLIC_ORIGIN,
    trustProxy: data.TRUST_PROXY,
  }
}

function readTls(cert: string | undefined, key: string | undefined, faults: string[]): Config['tls'] {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined) {
    faults.push(
      `${cert === undefined ? 'TLS_CERT' : 'TLS_KEY'} is missing: TLS_CERT and TLS_KEY are given together`,
    )
    return null
  }
  const read = (name: string, path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      faults.push(`${name} cannot be read: ${path} (${(error as NodeJS.ErrnoException).code})`)
      return ''
    }
  }
  return { cert: read('TLS_CERT', cert), key: read('TLS_KEY', key) }
}

/** The language of the command line, from the locale. */
export const terminalLanguage = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): 'zh' | 'en' => (/^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en')
