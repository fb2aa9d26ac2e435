/** The language of messages: `?lang=zh|en`, else what the browser prefers, else Chinese. */
import type { Context } from 'koa'

export type Lang = 'zh' | 'en'

export function languageOf(ctx: Context): Lang {
  const { lang } = ctx.query
  if (lang === 'zh' || lang === 'en') return lang
  return ctx.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh'
}
