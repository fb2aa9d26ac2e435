/** Whether the server answers. Parts show a bar while it does not; `retries` wakes what had failed. */
import { reactive } from 'vue'

export const connection = reactive({ lost: false, trying: false, retries: 0, live: false })

export const connectionLost = (): void => {
  connection.lost = true
}
export const connectionBack = (): void => {
  if (!connection.lost) return
  connection.lost = false
  connection.retries++
}
