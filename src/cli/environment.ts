/** The variables of the environment, as help texts list them. */
import { word } from './words.ts'

/** Name, default, meaning. */
export const environment = (): [name: string, standard: string, meaning: string][] => [
  [
    'PORT',
    '8080',
    word(
      '控制台、接口与瓦片的端口；0 为任一空闲端口',
      'port of the console, the API and the tiles; 0 = any free one',
    ),
  ],
  [
    'HOST',
    '127.0.0.1',
    word('在哪个地址上服务；0.0.0.0 为全部网卡', 'address it serves at; 0.0.0.0 = all networks'),
  ],
  [
    'DATABASE_URL',
    '-',
    word(
      'postgres://用户:密码@主机/库；不设则用 DATA_DIR 下的内置引擎',
      'postgres://user:password@host/name; absent = the embedded engine under DATA_DIR',
    ),
  ],
  [
    'DATA_DIR',
    './data',
    word(
      '交付文件、内置数据库、命令行套接字',
      'delivered files, the embedded database, the socket of the command line',
    ),
  ],
  ['TLS_CERT', '-', word('PEM 证书；手机须用 TLS', 'PEM certificate; phones need TLS')],
  ['TLS_KEY', '-', word('证书的私钥', 'its private key')],
  [
    'BOOTSTRAP_TOKEN',
    '-',
    word(
      '脚本安装与读取所用令牌，至少 32 个字符',
      'bearer token for scripted set-up and reading, 32 characters or more',
    ),
  ],
  [
    'PUBLIC_ORIGIN',
    '-',
    word(
      '前有代理时，用户访问的地址，如 https://grid.example.cn',
      'how people reach us behind a proxy, such as https://grid.example.cn',
    ),
  ],
  [
    'TRUST_PROXY',
    'false',
    word(
      '是否采信唯一一层代理的 X-Forwarded-For 与 -Proto',
      'whether X-Forwarded-For and -Proto of the one proxy are believed',
    ),
  ],
  ['UPLOAD_LIMIT', '2 GiB', word('单个交付文件的上限', 'the largest file of a delivery')],
  [
    'UNPACK_LIMIT',
    '8 GiB',
    word('一个批次的压缩包解开后的上限', 'what the archives of one delivery may unpack to'),
  ],
  ['PHOTO_LIMIT', '100 GiB', word('照片存储总量的上限', 'what is kept of photos altogether')],
  [
    'PHOTO_ROOTS',
    '-',
    word(
      '可从中取用照片的服务器目录，绝对路径，以冒号分隔',
      'folders of the server that photos may be taken from, absolute, between colons',
    ),
  ],
  ['DELIVERY_FILES', '10000', word('一个批次的文件数上限', 'how many files one delivery takes')],
  [
    'OPEN_DELIVERIES',
    '500',
    word('一个账号尚未载入的批次上限', 'deliveries one account may have announced and not loaded'),
  ],
  [
    'WARM_DISTRICTS',
    '-',
    word(
      '启动时读入内存的区：代码、all 或 none',
      'districts read into memory at the start: codes, all or none',
    ),
  ],
  [
    'DISTRICT_IDLE_MINUTES',
    '-',
    word('无人查询多少分钟后移出内存', 'minutes after which a district nobody asked for leaves memory'),
  ],
  ['LIVE_STREAMS', '50', word('一个账号可同时打开的实时连接数', 'event streams one account may have open')],
  ['LOG_LEVEL', 'info', 'fatal, error, warn, info, debug, trace, silent'],
]

/** One line a variable; only those named, where names are given. */
export function environmentHelp(...names: string[]): string {
  const shown = environment().filter(([name]) => names.length === 0 || names.includes(name))
  const lines = shown.map(
    ([name, standard, meaning]) => `  ${name.padEnd(16)} ${standard.padEnd(10)} ${meaning}`,
  )
  return [word('环境变量（名称、默认值、含义）：', 'Environment (name, default, meaning):'), ...lines].join(
    '\n',
  )
}
