import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../errors.js'
import { undecidedReasons } from '../media/decoder.js'
import type { Timings } from '../pipeline/task.js'
import type { Services } from './services.js'

const undecidedNames = new Set<string>(undecidedReasons)

/** Prometheus metrics of one gate. */
export class Meters {
  readonly #registry = new Registry()
  readonly #checks = new Counter({ name: 'keersluis_checks_total', help: 'Checks by verdict and media kind.', labelNames: ['verdict', 'kind'], registers: [this.#registry] })
  readonly #latency = new Histogram({ name: 'keersluis_check_seconds', help: 'From spooled to answered.', labelNames: ['kind'], buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], registers: [this.#registry] })

  readonly #stages = new Histogram({ name: 'keersluis_stage_seconds', help: 'What a check spent in each stage, in its worker.', labelNames: ['stage', 'kind'], buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30], registers: [this.#registry] })
  readonly #undecided = new Counter({ name: 'keersluis_undecided_total', help: 'Checks that could not be decided, by reason.', labelNames: ['code'], registers: [this.#registry] })
  readonly #rejected = new Counter({ name: 'keersluis_rejected_total', help: 'Requests that were answered with an error, by its code.', labelNames: ['code'], registers: [this.#registry] })
  readonly #connectionsRefused = new Counter({ name: 'keersluis_connections_refused_total', help: 'Connections that were refused, since too many were open.', registers: [this.#registry] })

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
    gauge('keersluis_spool_memory_bytes', 'Memory that small uploads in flight take.', () => spool.memoryBytes)
  }

  checked (verdict: string, kind: string, elapsedMs: number): void {
    this.#checks.inc({ verdict, kind })
    this.#latency.observe({ kind }, elapsedMs / 1000)
  }

  /** The time of each stage of one check of a `kind` of media. */
  staged (kind: string, { digestMs, decodeMs, hashMs, searchMs }: Timings): void {
    for (const [stage, ms] of Object.entries({ digest: digestMs, decode: decodeMs, hash: hashMs, search: searchMs })) {
      this.#stages.observe({ stage, kind }, ms / 1000)
    }
  }

  /** Counts the reasons for which a check could not be decided, out of all its reasons. */
  reasoned (reasons: readonly { code: string }[]): void {
    for (const { code } of reasons) if (undecidedNames.has(code)) this.#undecided.inc({ code })
  }

  /** A request that was answered with an error. */
  rejected (code: ErrorCode): void {
    this.#rejected.inc({ code })
  }

  connectionRefused (): void {
    this.#connectionsRefused.inc()
  }

  get contentType (): string { return this.#registry.contentType }

  async text (): Promise<string> {
    return await this.#registry.metrics()
  }
}
