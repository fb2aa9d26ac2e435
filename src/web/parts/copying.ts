/** Puts text on the clipboard and says so. Without https the browser has only the old way. */
import { ElMessage } from 'element-plus'
import { say } from '../i18n/i18n.ts'

export async function copy(text: string): Promise<void> {
  const done = await write(text)
  ElMessage({
    message: say(done ? 'common.copied' : 'common.copyFailed'),
    type: done ? 'success' : 'warning',
    duration: 1800,
    grouping: true,
  })
}

async function write(text: string): Promise<boolean> {
  if (navigator.clipboard && isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // not allowed for this page: try the old way
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.setAttribute('readonly', '')
  area.className = 'for-readers'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
