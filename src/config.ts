/**
 * The configuration, from the environment, checked at once and as a whole. The only reader of process.env;
 * everything has a default, so that no variable is needed.
 */
import { readFileSync } from 'node:fs'
import { delimiter, isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { type CertificateFault, certificateFault } from './core/certificate.ts'
import { fill, Problem, problems } from './core/problem.ts'

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
  /** What is kept of photos altogether. */
  photoLimitBytes: number
  /** Folders of this machine that photos may be taken from; absolute. */
  photoRoots: readonly string[]
  /** What all archives of one delivery may unpack to. */
  unpackLimitBytes: number
  /** Files of one delivery. */
  deliveryFiles: number
  /** Deliveries that one account may have announced and not loaded. */
  openDeliveries: number
  /** `https://grid.example.cn`: how people reach us, where a proxy stands before us. */
  publicOrigin: string | null
  trustProxy: boolean
  /** Districts that are read into memory at the start: these, all, or the one where there is one only. */
  warmDistricts: 'all' | 'only' | readonly string[]
  /** A district nobody asked for so long leaves memory; null = never. */
  districtIdleMs: number | null
  /** Event streams one account may have open. */
  liveStreams: number
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** What is wrong with one variable, in both languages. */
export interface ConfigFault {
  variable: string
  zh: string
  en: string
}

/** Every fault of the environment, one line each. */
export class ConfigError extends Problem {
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    super('config.invalid', { what: listed(faults, 'en') })
    this.name = 'ConfigError'
    this.faults = faults
  }

  override inLanguage(lang: 'zh' | 'en'): string {
    return fill(problems[this.code][lang === 'zh' ? 1 : 2], { what: listed(this.faults, lang) })
  }
}

const listed = (faults: readonly ConfigFault[], lang: 'zh' | 'en'): string =>
  faults.map(fault => `\n  ${fault.variable} ${fault[lang]}`).join('')

/** What a variable must be; schemas name the rule they break. */
const rules = {
  port: ['应为 0 至 65535 的端口号', 'must be a port number from 0 to 65535'],
  bytes: [
    '应为字节数，如 2147483648、500 MB 或 2 GiB',
    'must be a number of bytes, such as 2147483648, 500 MB or 2 GiB',
  ],
  count: ['应为 1 至 1000000 的整数', 'must be a whole number from 1 to 1000000'],
  districts: [
    '应为 all、none 或以逗号分隔的六位区划代码',
    'must be all, none, or codes of six digits between commas',
  ],
  yes: ['应为 true 或 false', 'must be true or false'],
  origin: [
    '应只含协议与主机，如 https://grid.example.cn',
    'must be a scheme and a host only, such as https://grid.example.cn',
  ],
  postgres: ['应以 postgres:// 开头', 'must begin with postgres://'],
  url: [
    '不是完整的地址；用户名与密码中的 # / ? @ : % 等字符须写成百分号编码（如 # 写作 %23）',
    'is no whole address; characters such as # / ? @ : % in user and password are percent-encoded (# as %23)',
  ],
  tokenLength: ['至少 32 个字符', 'must have at least 32 characters'],
  tokenLetters: ['只能含字母、数字和 . _ ~ + / = -', 'may hold only letters, digits and . _ ~ + / = -'],
  logLevel: [`应为 ${logLevels.join('、')} 之一`, `must be one of ${logLevels.join(', ')}`],
  folders: ['应为绝对路径，多个以冒号分隔', 'must be absolute paths, several of them between colons'],
  together: ['未给出：TLS_CERT 与 TLS_KEY 须同时给出', 'is missing: TLS_CERT and TLS_KEY are given together'],
} as const satisfies Record<string, readonly [zh: string, en: string]>
type Rule = keyof typeof rules
const rule = (name: Rule): Rule => name

const fault = (variable: string, [zh, en]: readonly [string, string]): ConfigFault => ({ variable, zh, en })

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }

const bytes = z.string().transform((text, context) => {
  const match = text.trim().match(/^(\d{1,15})\s*(|[kmg]i?)b?$/i)
  const value = match ? Number(match[1]) * UNITS[match[2]!.toLowerCase()]! : 0
  if (value < 1) context.addIssue(rule('bytes'))
  return value
})

const count = z.string().transform((text, context) => {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > 1_000_000) context.addIssue(rule('count'))
  return value
})

const yes = z
  .enum(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'], rule('yes'))
  .transform(word => ['1', 'true', 'yes', 'on'].includes(word))

const districts = z.string().transform((text, context): 'all' | readonly string[] => {
  if (text === 'all') return text
  const codes = text === 'none' ? [] : text.split(',').map(code => code.trim())
  if (codes.some(code => !/^\d{6}$/.test(code))) context.addIssue(rule('districts'))
  return codes
})

const origin = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username)
    return url.origin
  context.addIssue(rule('origin'))
  return z.NEVER
})

const environment = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: rule('port'), abort: true })
    .transform(Number)
    .refine(port => port <= 65_535, rule('port'))
    .default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: rule('postgres'), abort: true })
    .refine(text => URL.canParse(text), rule('url'))
    .nullable()
    .default(null),
  DATA_DIR: z.string().default('./data'),
  TLS_CERT: z.string().nullable().default(null),
  TLS_KEY: z.string().nullable().default(null),
  BOOTSTRAP_TOKEN: z
    .string()
    .min(32, rule('tokenLength'))
    .regex(/^[\w.~+/=-]+$/, rule('tokenLetters'))
    .nullable()
    .default(null),
  LOG_LEVEL: z.enum(logLevels, rule('logLevel')).default('info'),
  UPLOAD_LIMIT: bytes.default(2 * 2 ** 30),
  PHOTO_LIMIT: bytes.default(100 * 2 ** 30),
  PHOTO_ROOTS: z
    .string()
    .transform(text => text.split(delimiter).filter(folder => folder !== ''))
    .refine(folders => folders.every(folder => isAbsolute(folder)), rule('folders'))
    .default([]),
  UNPACK_LIMIT: bytes.default(8 * 2 ** 30),
  DELIVERY_FILES: count.default(10_000),
  OPEN_DELIVERIES: count.default(500),
  PUBLIC_ORIGIN: origin.nullable().default(null),
  TRUST_PROXY: yes.default(false),
  WARM_DISTRICTS: districts.nullable().default(null),
  DISTRICT_IDLE_MINUTES: count.nullable().default(null),
  LIVE_STREAMS: count.default(50),
})

/** Names of all variables that are read, besides those of the locale. */
export const variables = Object.keys(environment.shape)

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
    : checked.error.issues.map(issue => fault(issue.path.join('.'), rules[issue.message as Rule]))
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
    photoLimitBytes: data.PHOTO_LIMIT,
    photoRoots: data.PHOTO_ROOTS,
    unpackLimitBytes: data.UNPACK_LIMIT,
    deliveryFiles: data.DELIVERY_FILES,
    openDeliveries: data.OPEN_DELIVERIES,
    publicOrigin: data.PUBLIC_ORIGIN,
    trustProxy: data.TRUST_PROXY,
    warmDistricts: data.WARM_DISTRICTS ?? 'only',
    liveStreams: data.LIVE_STREAMS,
    districtIdleMs: data.DISTRICT_IDLE_MINUTES === null ? null : data.DISTRICT_IDLE_MINUTES * 60_000,
  }
}

function readTls(cert: string | undefined, key: string | undefined, faults: ConfigFault[]): Config['tls'] {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined) {
    faults.push(fault(cert === undefined ? 'TLS_CERT' : 'TLS_KEY', rules.together))
    return null
  }
  const read = (name: string, path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      faults.push(fault(name, [`读不到：${path}（${code}）`, `cannot be read: ${path} (${code})`]))
      return null
    }
  }
  const tls = { cert: read('TLS_CERT', cert), key: read('TLS_KEY', key) }
  if (tls.cert === null || tls.key === null) return null
  const wrong = certificateFault(tls.cert, tls.key)
  if (wrong) faults.push(tlsFault(wrong, cert, key))
  return { cert: tls.cert, key: tls.key }
}

function tlsFault(wrong: CertificateFault, cert: string, key: string): ConfigFault {
  switch (wrong) {
    case 'swapped':
      return fault('TLS_CERT', [
        '与 TLS_KEY 颠倒了：它指的是私钥，而 TLS_KEY 指的是证书',
        'and TLS_KEY are swapped: it names the private key, and TLS_KEY the certificate',
      ])
    case 'no certificate':
      return fault('TLS_CERT', [`不含 PEM 格式的证书：${cert}`, `holds no certificate in PEM form: ${cert}`])
    case 'no key':
      return fault('TLS_KEY', [`不含 PEM 格式的私钥：${key}`, `holds no private key in PEM form: ${key}`])
    case 'key locked':
      return fault('TLS_KEY', [
        `有口令保护；请去掉口令（openssl pkey）：${key}`,
        `is locked with a passphrase; remove it (openssl pkey): ${key}`,
      ])
    case 'not a pair':
      return fault('TLS_KEY', [
        `不是该证书的私钥；请核对 ${cert} 与 ${key}`,
        `is not the key of this certificate; check ${cert} and ${key}`,
      ])
    case 'not accepted':
      return fault('TLS_CERT', [
        `太弱或已过时，不能用于 TLS；请换用新的证书与私钥：${cert}`,
        `is too weak or too old for TLS; use a new certificate and key: ${cert}`,
      ])
  }
}

/** The language of the command line, from the locale. */
export const terminalLanguage = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): 'zh' | 'en' => (/^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en')
