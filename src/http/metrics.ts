/** Figures of the running process in Prometheus' text form. The only importer of prom-client. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Endpoint, endpoint, raw } from './endpoint.ts'

export interface Metrics {
  observeRequest(method: string, route: string, status: number, seconds: number): void
  /** A figure read when somebody asks: per label value where `label` is given. */
  gauge(name: string, help: string, read: () => number | ReadonlyMap<string, number>, label?: string): void
  text(): Promise<string>
  readonly contentType: string
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'wangge_http_request_seconds',
    help: 'Time from the first byte in to the last byte out',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  return {
    observeRequest: (method, route, status, seconds) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    gauge(name, help, read, label) {
      new Gauge({
        name,
        help,
        labelNames: label ? [label] : [],
        registers: [registry],
        collect() {
          const value = read()
          if (typeof value === 'number') return this.set(value)
          this.reset()
          for (const [key, figure] of value) this.set({ [label ?? 'name']: key }, figure)
        },
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

export const metricsDoor = (metrics: Metrics): Endpoint =>
  endpoint({
    method: 'get',
    path: '/metrics',
    right: 'metrics.read',
    summary: 'Figures of the process, for Prometheus',
    answer: { bytes: 'text/plain' },
    run: async () => raw({ headers: { 'content-type': metrics.contentType }, body: await metrics.text() }),
  })
