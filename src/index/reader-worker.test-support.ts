import { parentPort } from 'node:worker_threads'
import type { Algorithm, IndexHandle, IndexHit, SearchOptions } from './hash-index.js'
import { LinearReader } from './linear-index.js'
import { createReaderCache, openReader } from './open.js'

/** Handles of the plain index are told by their chunks: the product has no use for them. */
function isPlain ({ parts }: IndexHandle): boolean {
  return typeof parts === 'object' && parts !== null && 'chunks' in parts
}

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
  const reader = isPlain(task.handle) ? new LinearReader(task.handle) : openReader(task.handle, cache)
  const version = reader.version
  const hits = reader.search(task.algorithm, task.value, task.radius, task.options)
  const answer: ReaderAnswer = { version, hits, current: reader.current }
  parentPort?.postMessage(answer)
})
