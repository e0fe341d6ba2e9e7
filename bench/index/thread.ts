import { parentPort, workerData } from 'node:worker_threads'
import type { IndexHandle } from '#keersluis/index/hash-index.js'
import { createReaderCache, openReader } from '#keersluis/index/open.js'

/** Search all queries again and again, or wait for values to become findable. */
export type ThreadTask =
  | { kind: 'search', handle: IndexHandle, queries: Uint8Array[], radius: number, durationMs: number, start: SharedArrayBuffer }
  | { kind: 'watch', handle: IndexHandle, values: Uint8Array[], seenAtNs: SharedArrayBuffer }

const cache = createReaderCache()

function searches (task: Extract<ThreadTask, { kind: 'search' }>): number {
  const reader = openReader(task.handle, cache)
  const run = (): void => { for (const query of task.queries) reader.search('pdq', query, task.radius) }
  run()
  const start = new Int32Array(task.start)
  Atomics.add(start, 1, 1)
  Atomics.wait(start, 0, 0)
  const end = performance.now() + task.durationMs
  let count = 0
  const from = performance.now()
  while (performance.now() < end) {
    run()
    count += task.queries.length
  }
  return count / (performance.now() - from) * 1_000
}

/** Looks for each value in turn, and notes the moment it is found; a new generation is asked for like a worker of the gate does. */
async function watch (task: Extract<ThreadTask, { kind: 'watch' }>): Promise<void> {
  const seenAtNs = new BigInt64Array(task.seenAtNs)
  let handle = task.handle
  for (const [i, value] of task.values.entries()) {
    for (;;) {
      const reader = openReader(handle, cache)
      const found = reader.search('pdq', value, 31).length > 0
      if (found) break
      if (reader.current) continue
      const answered = new Promise<IndexHandle>((resolve) => { parentPort?.once('message', resolve) })
      parentPort?.postMessage('handle')
      handle = await answered
    }
    Atomics.store(seenAtNs, i, process.hrtime.bigint())
    Atomics.notify(seenAtNs, i)
  }
}

const task = workerData as ThreadTask
if (task.kind === 'search') {
  parentPort?.postMessage(searches(task))
} else {
  await watch(task)
  parentPort?.postMessage('done')
  parentPort?.close()
}
