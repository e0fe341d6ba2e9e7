import { Worker } from 'node:worker_threads'
import { followLoading } from '../thread-loading.js'
import type { Algorithm } from './hash-index.js'
import type { Part } from './part.js'
import type { SnapshotContent } from './snapshot-format.js'

export interface MergeJob {
  kind: 'merge'
  algorithm: Algorithm
  sources: readonly Part[]
  rowsMax: number
}

export interface SaveJob {
  kind: 'save'
  folder: string
  content: SnapshotContent
}

/** What each kind of job answers. */
export interface JobResults {
  merge: Part[]
  /** Bytes written. */
  save: number
}

export type Job = MergeJob | SaveJob

export type JobAnswer = { result: JobResults[Job['kind']] } | { error: unknown }

/**
 * Runs the long work of the index in threads of its own, so that nobody waits for it. A thread does one job and ends: its
 * references to old memories end with it.
 */
export class Background {
  readonly #workers = new Map<Worker, () => Promise<void>>()

  async run<K extends Job['kind']> (job: Extract<Job, { kind: K }>): Promise<JobResults[K]> {
    const worker = new Worker(new URL('./index-worker.js', import.meta.url), { workerData: job })
    this.#workers.set(worker, followLoading(worker))
    try {
      return await new Promise<JobResults[K]>((resolve, reject) => {
        worker.on('message', (answer: JobAnswer | 'loaded') => {
          if (answer === 'loaded') return
          if ('error' in answer) reject(answer.error)
          else resolve(answer.result as JobResults[K])
        })
        worker.once('error', reject)
        worker.once('exit', () => { reject(new Error('A background thread of the index ended early.')) })
      })
    } finally {
      this.#workers.delete(worker)
      await worker.terminate()
    }
  }

  async close (): Promise<void> {
    await Promise.all([...this.#workers].map(async ([worker, loaded]) => {
      await loaded()
      await worker.terminate()
    }))
  }
}
