/** What a person chose for this browser: language and light or dark. Kept in local storage. */
import { computed, reactive, ref, watch } from 'vue'
import { speakToApi } from '../api/client.ts'
import { i18n, type Language } from '../i18n/i18n.ts'

export type Theme = 'auto' | 'light' | 'dark'

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(`wangge.${key}`)
  } catch {
    return null // storage may be forbidden; then nothing is remembered
  }
}
const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(`wangge.${key}`, value)
  } catch {}
}
const asLanguage = (text: string | null): Language => (text === 'en' ? 'en' : 'zh-CN')
const asTheme = (text: string | null): Theme => (text === 'light' || text === 'dark' ? text : 'auto')

export const settings = reactive({ language: asLanguage(read('language')), theme: asTheme(read('theme')) })

const night = matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(night.matches)
night.addEventListener('change', event => {
  systemDark.value = event.matches
})

export const dark = computed(() => (settings.theme === 'auto' ? systemDark.value : settings.theme === 'dark'))
export const inEnglish = computed(() => settings.language === 'en')

export function startSettings(): void {
  watch(
    () => settings.language,
    language => {
      i18n.global.locale.value = language
      document.documentElement.lang = language
      speakToApi(language)
      keep('language', language)
    },
    { immediate: true },
  )
  watch(
    dark,
    on => {
      document.documentElement.dataset.theme = on ? 'dark' : 'light'
    },
    { immediate: true },
  )
  watch(
    () => settings.theme,
    theme => keep('theme', theme),
  )
}
/** The name for the door, the code for the next time. */
export function rememberDistrict(name: string, code: string): void {
  keep('district', name)
  keep('district-code', code)
}
export const lastDistrict = (): string | null => read('district-code')
export const rememberedDistrict = (): string | null => read('district')
