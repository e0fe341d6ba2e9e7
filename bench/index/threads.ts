import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HashIndex } from '#keersluis/index/hash-index.js'
import { randomWords } from './data.js'
import type { ThreadTask } from './thread.js'
import { percentile } from '../frame/percentiles.js'
import { nowUs } from './timing.js'

const thread = (task: ThreadTask): Worker => new Worker(new URL('./thread.js', import.meta.url), { workerData: task })

export interface Throughput {
  /** Searches a second, all threads together. */
  perSecond: number
  /** Processor time that the process got, in cores: less than the threads when the machine is shared. */
  cores: number
}

export async function throughput (index: HashIndex, queries: Uint8Array[], radius: number, threads: number): Promise<Throughput> {
  const start = new SharedArrayBuffer(8)
  const flags = new Int32Array(start)
  const workers = Array.from({ length: threads }, () => thread({ kind: 'search', handle: index.handle(), queries, radius, durationMs: 2_000, start }))
  const results = Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as number))
  while (Atomics.load(flags, 1) < threads) await sleep(5)
  const processorBefore = process.cpuUsage()
  const startUs = nowUs()
  Atomics.store(flags, 0, 1)
  Atomics.notify(flags, 0)
  const perSecond = (await results).reduce((sum, count) => sum + count, 0)
  const processor = process.cpuUsage(processorBefore)
  const cores = (processor.user + processor.system) / (nowUs() - startUs)
  await Promise.all(workers.map(async (worker) => await worker.terminate()))
  return { perSecond, cores }
}

export interface InsertTimes {
  inserts: number
  p50Us: number
  p99Us: number
  maxUs: number
  merges: number
}

/** From the call of `add` to the moment another thread found the entry, entry by entry, with the merges that fall due beside it. */
export async function insertToMatchable (index: HashIndex, firstEntryId: number, inserts: number): Promise<InsertTimes> {
  const random = randomWords(4_711)
  const values = Array.from({ length: inserts }, () => new Uint8Array(Uint32Array.from({ length: 8 }, random).buffer))
  const seenAtNs = new SharedArrayBuffer(8 * inserts)
  const seen = new BigInt64Array(seenAtNs)
  const mergesBefore = index.stats().merges
  const worker = thread({ kind: 'watch', handle: index.handle(), values, seenAtNs })
  worker.on('message', (message: unknown) => { if (message === 'handle') worker.postMessage(index.handle()) })
  await once(worker, 'online')
  await sleep(200)
  const times: number[] = []
  for (const [i, value] of values.entries()) {
    const start = process.hrtime.bigint()
    index.add([{ entryId: firstEntryId + i, algorithm: 'pdq', value }], index.version + 1)
    while (Atomics.load(seen, i) === 0n) await new Promise((resolve) => { setImmediate(resolve) })
    times.push(Number(Atomics.load(seen, i) - start) / 1_000)
  }
  await once(worker, 'exit')
  times.sort((a, b) => a - b)
  return {
    inserts,
    p50Us: percentile(times, 0.5),
    p99Us: percentile(times, 0.99),
    maxUs: percentile(times, 1),
    merges: index.stats().merges - mergesBefore
  }
}
