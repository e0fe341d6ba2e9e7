import { parentPort, workerData } from 'node:worker_threads'
import type { Algorithm, IndexHandle } from './hash-index.js'
import { createReaderCache, openReader } from './open.js'
import { valueOf } from './hash-index-contract.test-support.js'
import { entryStates } from './test-data.test-support.js'

/** What a watching thread is given: the entries' states, and how many entries there are. Entry i has the value of seed i. */
export interface WatchTask {
  handle: IndexHandle
  /** One word for each entry, written by the writer; see `entryStates`. */
  states: SharedArrayBuffer
  /** [0] 1 = stop. */
  control: SharedArrayBuffer
  algorithms: readonly Algorithm[]
}

export interface WatchReport {
  searches: number
  wrong: string[]
  /** How often the generation was replaced under the reader. */
  replaced: number
}

export interface WatchRequest { wants: 'handle' }

const task = workerData as WatchTask
const states = new Int32Array(task.states)
const control = new Int32Array(task.control)
const cache = createReaderCache()
const report: WatchReport = { searches: 0, wrong: [], replaced: 0 }
let handle = task.handle
let waiting = false

/** Searches for one entry; a state that is the same before and after the search says what the answer must be. */
function watch (entryId: number): void {
  const algorithm = task.algorithms[entryId % task.algorithms.length] ?? 'pdq'
  const before = Atomics.load(states, entryId)
  const reader = openReader(handle, cache)
  const version = reader.version
  const found = reader.search(algorithm, valueOf(algorithm, entryId), 0).some((hit) => hit.entryId === entryId)
  if (!reader.current) {
    report.replaced++
    waiting = true
    parentPort?.postMessage({ wants: 'handle' } satisfies WatchRequest)
    return
  }
  report.searches++
  if (Atomics.load(states, entryId) !== before || before === entryStates.unknown) return
  if (found !== (before === entryStates.there)) report.wrong.push(`entry ${entryId} at version ${version}: ${found ? 'shown' : 'missed'}`)
}

/** A few hundred searches, then a look at the messages. */
function turn (from: number): void {
  for (let i = 0; i < 200 && !waiting; i++) watch(1 + (from * 200 + i) * 7_919 % (states.length - 1))
  if (Atomics.load(control, 0) === 0) {
    setImmediate(turn, from + 1)
  } else {
    parentPort?.postMessage(report)
    parentPort?.close()
  }
}

parentPort?.on('message', (newer: IndexHandle) => {
  handle = newer
  waiting = false
})
turn(0)
