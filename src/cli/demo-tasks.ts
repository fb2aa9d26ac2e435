/** What a contractor of the demo finds to do: a firm with a crew, a package, and codes for it. Made once. */
import type { FirmEntry } from '../domain/orgs/firm-schema.ts'
import type { Client } from './house.ts'

const FIRM = '棠泽测绘院（演示）'
const DAYS = 30

export async function demoTasks(client: Client, district: string, account: string): Promise<void> {
  const at = `?district=${district}`
  const { items } = await client.get<{ items: FirmEntry[] }>(`/api/firms${at}`)
  if (items.length > 0) return
  const firm = await client.post<FirmEntry>(`/api/firms${at}`, { name: FIRM })
  await client.put(`/api/firms/${firm.id}/accounts/${account}${at}`, {})
  const crew = await client.post<{ id: string }>(`/api/firms/${firm.id}/crews${at}`, { name: '一组' })
  await client.post(`/api/allotments${at}`, { crew: crew.id, class: '0118', count: 500 })
  const dueOn = new Date(Date.now() + DAYS * 86_400_000).toISOString().slice(0, 10)
  const wish = { firm: firm.id, name: '路灯补测', classes: ['0118'], dueOn }
  await client.post(`/api/packages${at}`, wish)
}
