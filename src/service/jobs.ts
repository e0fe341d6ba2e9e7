import { randomUUID } from 'node:crypto'
import { asKeersluisError, KeersluisError, type ErrorCode } from '../errors.js'

/** Work that goes on after its call was answered. */
export interface Job<T> {
  jobId: string
  state: 'running' | 'done' | 'failed'
  /** What it led to, when it is done. */
  result?: T
  /** Why it failed. */
  code?: ErrorCode
  message?: string
}

/** Jobs remembered; the oldest finished ones are forgotten first. */
const jobsKeptMax = 1000

/** The jobs of this process. They do not outlive it: whoever started one sends the same again. */
export class Jobs<T> {
  readonly #jobs = new Map<string, Job<T>>()
  readonly #running = new Set<Promise<void>>()

  start (work: Promise<T>): string {
    const job: Job<T> = { jobId: randomUUID(), state: 'running' }
    this.#jobs.set(job.jobId, job)
    this.#forget()
    const settled = work.then(
      result => { Object.assign(job, { state: 'done', result }) },
      (error: unknown) => {
        const { code, message } = asKeersluisError(error)
        Object.assign(job, { state: 'failed', code, message })
      }
    ).finally(() => { this.#running.delete(settled) })
    this.#running.add(settled)
    return job.jobId
  }

  /** @throws KeersluisError `unknownJob` */
  find (jobId: string): Job<T> {
    const job = this.#jobs.get(jobId)
    if (job === undefined) throw new KeersluisError('unknownJob', 'There is no such job; if the gate was restarted, send the file again.')
    return { ...job }
  }

  /** Resolves when no job runs. */
  async settled (): Promise<void> {
    await Promise.all(this.#running)
  }

  #forget (): void {
    for (const [id, job] of this.#jobs) {
      if (this.#jobs.size <= jobsKeptMax) return
      if (job.state !== 'running') this.#jobs.delete(id)
    }
  }
}
