/**
 * The console's two languages. Messages are checked against the Chinese ones by the compiler, and
 * interpreted, not compiled to code, so that a Content-Security-Policy without eval holds.
 */
import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { type Messages, zh } from './zh.ts'

export type Language = 'zh-CN' | 'en'

export const i18n = createI18n<[Messages], Language, false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

/** For code outside of components. */
export const say = (key: string, places: Record<string, unknown> = {}): string => i18n.global.t(key, places)
