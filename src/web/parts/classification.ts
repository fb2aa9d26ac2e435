/** 密级 in the user's language; one that is not known stays as it was written. */
import { inEnglish } from '../stores/settings.ts'

const english: Record<string, string> = {
  公开: 'Public',
  内部: 'Internal',
  内部资料: 'Internal material',
  工作秘密: 'Work secret',
  秘密: 'State secret (秘密)',
  机密: 'State secret (机密)',
  绝密: 'State secret (绝密)',
}

export const classificationWord = (written: string): string =>
  inEnglish.value ? (english[written] ?? written) : written
