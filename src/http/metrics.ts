import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Services } from './services.js'

/** Prometheus metrics of one gate. */
export class Meters {
  readonly #registry = new Registry()
  readonly #checks = new Counter({ name: 'keersluis_checks_total', help: 'Checks by verdict and media kind.', labelNames: ['verdict', 'kind'], registers: [this.#registry] })
  readonly #latency = new Histogram({ name: 'keersluis_check_seconds', help: 'From spooled to answered.', labelNames: ['kind'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.#registry] })

  constructor (services: Services) {
    const gauge = (name: string, help: string, read: () => number): void => {
      const one: Gauge = new Gauge({ name, help, registers: [this.#registry], collect: () => { one.set(read()) } })
    }
    const { index, lanes, spool } = services
    gauge('keersluis_list_version', 'The list version that is published.', () => index.version)
    gauge('keersluis_index_entries', 'Entries that are searched.', () => Object.values(index.stats().entries).reduce((a, b) => a + b, 0))
    gauge('keersluis_index_segments', 'Immutable parts of the index.', () => index.stats().segments)
    gauge('keersluis_index_delta_entries', 'Entries not merged yet.', () => index.stats().deltaEntries)
    gauge('keersluis_index_tombstones', 'Removed entries not merged away yet.', () => index.stats().tombstones)
    gauge('keersluis_index_merges', 'Merges since the start.', () => index.stats().merges)
    gauge('keersluis_index_memory_bytes', 'Shared memory of the index.', () => index.stats().memoryBytes)
    gauge('keersluis_picture_queue', 'Uploads waiting for the picture lane.', () => lanes.waiting('picture'))
    gauge('keersluis_video_queue', 'Uploads waiting for the video lane.', () => lanes.waiting('video'))
    gauge('keersluis_decoder_restarts', 'Decoder children that died.', () => lanes.decoderRestarts())
    gauge('keersluis_spool_bytes', 'Bytes of uploads in flight.', () => spool.bytes)
  }

  checked (verdict: string, kind: string, elapsedMs: number): void {
    this.#checks.inc({ verdict, kind })
    this.#latency.observe({ kind }, elapsedMs / 1000)
  }

  get contentType (): string { return this.#registry.contentType }

  async text (): Promise<string> {
    return await this.#registry.metrics()
  }
}
