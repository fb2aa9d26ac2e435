/** The language the command line speaks: that of the terminal. */
import { terminalLanguage } from '../config.ts'

export const lang = terminalLanguage()

export const word = (zh: string, en: string): string => (lang === 'zh' ? zh : en)
