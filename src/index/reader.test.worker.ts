import { parentPort } from 'node:worker_threads'
import type { Algorithm, IndexHandle, IndexHit, SearchOptions } from './hash-index.js'
import { createReaderCache, openReader } from './open.js'

/** One search, sent to a thread that holds nothing but the handle. */
export interface ReaderTask {
  handle: IndexHandle
  algorithm: Algorithm
  value: Uint8Array
  radius: number
  options?: SearchOptions
}

export interface ReaderAnswer {
  version: number
  hits: IndexHit[]
  /** Asked after the search, as the contract demands. */
  current: boolean
}

const cache = createReaderCache()
parentPort?.on('message', (task: ReaderTask) => {
  const reader = openReader(task.handle, cache)
  const version = reader.version
  const hits = reader.search(task.algorithm, task.value, task.radius, task.options)
  const answer: ReaderAnswer = { version, hits, current: reader.current }
  parentPort?.postMessage(answer)
})
