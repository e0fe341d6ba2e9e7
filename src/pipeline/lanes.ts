import { Piscina } from 'piscina'
import { KeersluisError } from '../errors.js'
import type { Digests } from '../hash/digests.js'
import type { HashIndex, IndexHit } from '../index/hash-index.js'
import type { DecodeLimits } from '../media/decoder.js'
import type { Fingerprint, PictureHashes } from '../media/fingerprint.js'
import { followLoading } from '../thread-loading.js'
import { callerGone } from './caller-gone.js'
import { removeContentFile } from './content-file.js'
import { packQueries, unpackHits, type Query } from './packed-queries.js'
import type { FoundHit, SearchPlan } from './search.js'
import type { SpooledFile } from './spooled-upload.js'
import { TaskLine, withTicket } from './task-line.js'
import {
  answerWord, type Answer, type DecoderReport, type DigestTask, type ExamineTask, type Examination, type HashedItem, type HashItemTask, type Lookup, type LookupTask,
  type Progress, type Question, type Research, type ResearchTask, type Searched, type WorkerSetup, type WorkerTask
} from './task.js'

export type Lane = 'picture' | 'video'
type Pool = Lane | 'itemPicture' | 'itemVideo'

export interface LanesOptions extends WorkerSetup {
  pictureWorkers: number
  videoWorkers: number
  /** Uploads that may wait for each lane before new ones are refused on their headers. */
  pictureQueueMax: number
  videoQueueMax: number
}

/** Who waits for an examination, and hears what it finds on its way; it may end it early. */
export interface Watcher {
  /** Aborted where nobody waits any more. */
  signal?: AbortSignal | undefined
  onDigests (sha256: Uint8Array, hits: FoundHit[]): Promise<Answer>
  onPictures (hits: FoundHit[], pictures: PictureHashes[]): Promise<Answer>
}

/** Uploads that were let in before the queue was full may still overfill it by this many. */
const admittedMax = 1024

/**
 * Worker threads in two lanes, so that a long film delays no picture; known material has a thread of its own for
 * each, so that it delays no upload. Their decoder children start with their first job.
 */
export class Lanes {
  readonly #index: HashIndex
  readonly #options: LanesOptions
  /** Of the examinations that have no thread yet; whoever waits for them may go. */
  readonly #lines: Record<Lane, TaskLine> = { picture: new TaskLine(), video: new TaskLine() }
  readonly #pools: Record<Pool, Piscina<WorkerTask, unknown>>
  readonly #loading: Array<() => Promise<void>>
  readonly #decoders = new Map<number, DecoderReport>()
  /** Of the examinations in flight. */
  readonly #watchers = new Map<number, Watcher>()
  #lastWatcher = 0

  constructor (index: HashIndex, options: LanesOptions) {
    this.#index = index
    this.#options = options
    this.#pools = {
      picture: pool(options, options.pictureWorkers, this.#lines.picture, options.pictureQueueMax + admittedMax),
      video: pool(options, options.videoWorkers, this.#lines.video, options.videoQueueMax + admittedMax),
      itemPicture: pool(options, 1, new TaskLine(), admittedMax),
      itemVideo: pool(options, 1, new TaskLine(), admittedMax)
    }
    for (const lane of ['picture', 'video'] as const) this.#pools[lane].on('message', (question: Question) => { this.#answer(question) })
    this.#loading = Object.values(this.#pools).flatMap(pool => pool.threads.map(followLoading))
  }

  /** @throws KeersluisError `overloaded` where the lane's queue is full. */
  admit (lane: Lane): void {
    const max = lane === 'picture' ? this.#options.pictureQueueMax : this.#options.videoQueueMax
    if (this.waiting(lane) > max) {
      throw new KeersluisError('overloaded', `The gate has ${max} uploads waiting; try again in a moment.`, { retryAfterS: 1 })
    }
  }

  waiting (lane: Lane): number { return this.#pools[lane].queueSize }

  /** @throws KeersluisError `overloaded`; `callerGone` where the watcher's signal ended it: what waits at once, what runs with its next picture */
  async examine (lane: Lane, file: SpooledFile, limits: DecodeLimits, plan: SearchPlan, watcher: Watcher): Promise<Examination> {
    const watcherId = ++this.#lastWatcher
    this.#watchers.set(watcherId, watcher)
    const abandoned = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const task: ExamineTask = { kind: 'examine', file, limits, index: this.#index.handle(), plan, watcher: watcherId, abandoned }
    try {
      const examination = await this.#unlessAbandoned(lane, task, watcher.signal)
      this.#decoders.set(examination.decoder.thread, examination.decoder)
      if (examination.abandoned) throw callerGone()
      return examination
    } catch (error) {
      // Its thread may be gone, and with it the one who would have removed what it wrote.
      if (file.unwritten !== undefined) removeContentFile(file.path)
      throw error
    } finally {
      this.#watchers.delete(watcherId)
    }
  }

  async research (fingerprint: Fingerprint, plan: SearchPlan): Promise<Research> {
    const task: ResearchTask = { kind: 'research', fingerprint, index: this.#index.handle(), plan }
    return await this.#run('picture', task) as Research
  }

  /** The hits of each query, in their order. */
  async lookup (queries: readonly Query[], hitsUsual: number): Promise<Searched<Array<readonly IndexHit[]>>> {
    const task: LookupTask = { kind: 'lookup', queries: packQueries(queries), hitsUsual, index: this.#index.handle() }
    const { found, ...searched } = await this.#run('picture', task) as Lookup
    return { ...searched, found: unpackHits(found) }
  }

  async digests (path: string): Promise<Digests> {
    const task: DigestTask = { kind: 'digest', path }
    return await this.#run('picture', task) as Digests
  }

  async hashItem (lane: Lane, path: string, limits: DecodeLimits): Promise<Fingerprint> {
    const task: HashItemTask = { kind: 'hashItem', path, limits }
    const hashed = await this.#run(lane === 'picture' ? 'itemPicture' : 'itemVideo', task) as HashedItem
    this.#decoders.set(hashed.decoder.thread, hashed.decoder)
    return hashed.fingerprint
  }

  /** Deaths of decoder children since the start. */
  decoderRestarts (): number {
    let restarts = 0
    for (const report of this.#decoders.values()) restarts += report.restarts
    return restarts
  }

  /** Waits for what is in flight, then ends the threads and with them their children. */
  async close (): Promise<void> {
    await Promise.all(this.#loading.map(async loaded => { await loaded() }))
    await Promise.all(Object.values(this.#pools).map(pool => pool.close()))
  }

  /** The worker sleeps until it is answered, whatever happens here. */
  #answer ({ watcher, progress, answer }: Question): void {
    const give = (text: Answer): void => {
      Atomics.store(answer, 0, answerWord[text])
      Atomics.notify(answer, 0)
    }
    ask(this.#watchers.get(watcher), progress).then(give, () => { give('continue') })
  }

  async #unlessAbandoned (lane: Lane, task: ExamineTask, signal?: AbortSignal): Promise<Examination> {
    if (signal?.aborted === true) throw callerGone()
    return await new Promise<Examination>((resolve, reject) => {
      const abandon = (): void => {
        Atomics.store(task.abandoned, 0, 1)
        if (this.#lines[lane].withdraw(task.abandoned)) reject(callerGone())
      }
      signal?.addEventListener('abort', abandon, { once: true })
      this.#run(lane, withTicket(task, task.abandoned))
        .then(examination => { resolve(examination as Examination) }, reject)
        .finally(() => { signal?.removeEventListener('abort', abandon) })
    })
  }

  async #run (lane: Pool, task: WorkerTask): Promise<unknown> {
    try {
      return await this.#pools[lane].run(task)
    } catch (error) {
      if (error instanceof Error && error.message.includes('queue is at limit')) {
        throw new KeersluisError('overloaded', 'The gate is at its limit; try again in a moment.', { retryAfterS: 1, cause: error })
      }
      throw error
    }
  }
}

async function ask (watcher: Watcher | undefined, progress: Progress): Promise<Answer> {
  if (watcher === undefined) return 'stop'
  return progress.stage === 'digests' ? await watcher.onDigests(progress.sha256, progress.hits) : await watcher.onPictures(progress.hits, progress.pictures)
}

function pool (options: LanesOptions, threads: number, taskQueue: TaskLine, maxQueue: number): Piscina<WorkerTask, unknown> {
  const setup: WorkerSetup = { decoder: options.decoder }
  return new Piscina<WorkerTask, unknown>({
    filename: new URL('./worker.js', import.meta.url).href,
    workerData: setup,
    minThreads: threads,
    maxThreads: threads,
    taskQueue,
    maxQueue,
    // Otherwise each upload that finds no thread free is sent to the end of the line, and starts when luck has it.
    stricterFIFO: true,
    concurrentTasksPerWorker: 1,
    idleTimeout: Infinity,
    // Nobody reads them; the gate has its own.
    recordTiming: false,
    // A worker that waits must still hear its decoder child.
    atomics: 'disabled'
  })
}
