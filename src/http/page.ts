/** The few pages the server makes itself: one plain frame, no script, readable on paper and phone. */

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)

const style = `:root{color-scheme:light dark}body{font:16px/1.55 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid}h3{margin-bottom:.2rem;font-size:1.05rem}code{font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-size:.85rem}td,th{border:1px solid #8888;padding:.2rem .5rem;text-align:left;font-weight:normal;vertical-align:top}
article{margin:1.5rem 0}small{opacity:.75}nav a{margin-right:.8rem}ul{padding-left:1.2rem}li{overflow-wrap:anywhere}`

/** @param body HTML; whoever makes it has escaped what is not theirs */
export const page = ({
  lang,
  title,
  body,
}: {
  lang: 'zh' | 'en'
  title: string
  body: string
}): string => `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>${body}</body></html>
`
