import { once } from 'node:events'
import { setImmediate as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { test } from 'tap'
import type { Algorithm, IndexEntry } from './hash-index.js'
import { valueOf } from './hash-index-contract.test-support.js'
import { SegmentedIndex } from './segmented-index.js'
import { entryStates, randomWords } from './test-data.test-support.js'
import type { WatchReport, WatchRequest, WatchTask } from './watcher-worker.test-support.js'

const entriesMax = 6_000
const { unknown, there, gone } = entryStates
const algorithms: readonly Algorithm[] = ['pdq', 'sha256', 'blockhash']

function entryOf (entryId: number): IndexEntry {
  const algorithm = algorithms[entryId % algorithms.length] ?? 'pdq'
  return { entryId, algorithm, value: valueOf(algorithm, entryId) }
}

/** Adds, removes and brings back entries in small steps, so that merges come and go; keeps the states that the readers watch. */
async function write (index: SegmentedIndex, states: Int32Array): Promise<void> {
  const random = randomWords(8)
  let version = 0
  let next = 1
  while (next < entriesMax) {
    const added = Array.from({ length: Math.min(1 + random() % 40, entriesMax - next) }, () => next++)
    index.add(added.map(entryOf), ++version)
    for (const entryId of added) Atomics.store(states, entryId, there)
    const changed = new Set(Array.from({ length: random() % 20 }, () => 1 + random() % (next - 1)))
    const removed = [...changed].filter((entryId) => Atomics.load(states, entryId) === there)
    const back = [...changed].filter((entryId) => Atomics.load(states, entryId) === gone)
    for (const entryId of changed) Atomics.store(states, entryId, unknown)
    index.remove(removed.map(entryOf), ++version)
    for (const entryId of removed) Atomics.store(states, entryId, gone)
    index.add(back.map(entryOf), ++version)
    for (const entryId of back) Atomics.store(states, entryId, there)
    await pause()
    if (version % 120 < 3) await index.settled()
  }
}

test('no reader thread misses an acknowledged entry or shows a removed one, through adds, removals and merges', async (t) => {
  const index = new SegmentedIndex({ deltaEntriesMax: 150, segmentRowsMax: 1_000 })
  const states = new SharedArrayBuffer(4 * entriesMax)
  const control = new SharedArrayBuffer(4)
  const readers = Array.from({ length: 3 }, () => {
    const workerData: WatchTask = { handle: index.handle(), states, control, algorithms }
    return new Worker(new URL('./watcher-worker.test-support.js', import.meta.url), { workerData })
  })
  const reports = readers.map(async (reader) => await new Promise<WatchReport>((resolve, reject) => {
    reader.on('error', reject)
    reader.on('message', (message: WatchRequest | WatchReport) => {
      if ('wants' in message) reader.postMessage(index.handle())
      else resolve(message)
    })
  }))
  await Promise.all(readers.map(async (reader) => await once(reader, 'online')))
  await write(index, new Int32Array(states))
  await index.settled()
  Atomics.store(new Int32Array(control), 0, 1)
  for (const report of await Promise.all(reports)) {
    t.same(report.wrong.slice(0, 5), [])
    t.ok(report.searches > 1_000, `${report.searches} searches`)
    t.ok(report.replaced > 3, `${report.replaced} new generations`)
  }
  t.ok(index.stats().merges > 10, `${index.stats().merges} merges`)
  await index.close()
})
