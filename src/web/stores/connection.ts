/** Whether the server answers. Parts show a bar while it does not; `retries` wakes what had failed. */
import { reactive } from 'vue'

export const connection = reactive({
  lost: false,
  trying: false,
  retries: 0,
  live: false,
  /** When the server last answered. */
  heardAt: null as Date | null,
})

export const connectionLost = (): void => {
  connection.lost = true
}
export const connectionBack = (): void => {
  connection.heardAt = new Date()
  if (!connection.lost) return
  connection.lost = false
  connection.retries++
}
