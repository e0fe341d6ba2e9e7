import type { IndexHandle } from '../index/hash-index.js'
import type { DecodeLimits, DecoderOptions, DecoderStats } from '../media/decoder.js'
import type { Fingerprint, PictureHashes } from '../media/fingerprint.js'
import type { PackedHits, PackedQueries } from './packed-queries.js'
import type { FoundHit, SearchPlan } from './search.js'
import type { SpooledFile } from './spooled-upload.js'

/** What travels between the main thread and a worker thread. Everything here can be cloned. */
export type WorkerTask = ExamineTask | ResearchTask | LookupTask | DigestTask | HashItemTask

/** An upload: digests, pictures, search. */
export interface ExamineTask {
  kind: 'examine'
  file: SpooledFile
  limits: DecodeLimits
  index: IndexHandle
  plan: SearchPlan
  /** Whom the worker tells what it found, to hear whether to go on. */
  watcher: number
  /** Not 0 once nobody waits for it any more. */
  abandoned: Int32Array<SharedArrayBuffer>
}

export interface Examination {
  fingerprint: Fingerprint
  hits: FoundHit[]
  /** The list version at the start of the search. */
  listVersion: number
  /** False where the index generation was replaced meanwhile: search again before allowing. */
  current: boolean
  timings: Timings
  decoder: DecoderReport
  /** True where it ended early because nobody waits for it: it says nothing of the upload. */
  abandoned: boolean
}

export interface Timings {
  digestMs: number
  /** Decoding, as the worker waits for it. */
  decodeMs: number
  /** PDQ, blockhash, trimming. */
  hashMs: number
  searchMs: number
}

export interface DecoderReport extends DecoderStats {
  thread: number
}

/** From the worker: first what the digests say, later what new pictures say. */
export type Progress =
  | { stage: 'digests', sha256: Uint8Array, hits: FoundHit[], listVersion: number }
  | { stage: 'pictures', hits: FoundHit[], pictures: PictureHashes[] }

/** From the main thread: `stop` ends the examination where it stands. */
export type Answer = 'continue' | 'stop'

/** Progress on its way: for whom it is, and the word in which the worker awaits the answer. */
export interface Question {
  watcher: number
  progress: Progress
  answer: Int32Array<SharedArrayBuffer>
}

/** What stands in that word; anything but `unanswered` wakes the worker. */
export const answerWord = { unanswered: 0, continue: 1, stop: 2 } as const

/** A finished fingerprint against the list of now. */
export interface ResearchTask {
  kind: 'research'
  fingerprint: Fingerprint
  index: IndexHandle
  plan: SearchPlan
}

/** Bare hashes. */
export interface LookupTask {
  kind: 'lookup'
  queries: PackedQueries
  hitsUsual: number
  index: IndexHandle
}

export interface Searched<T> {
  found: T
  listVersion: number
  current: boolean
}
export type Research = Searched<FoundHit[]>
export type Lookup = Searched<PackedHits>

/** The digests of a file, before there is time for the rest. */
export interface DigestTask {
  kind: 'digest'
  path: string
}

/** Known material: every variant, nothing searched. */
export interface HashItemTask {
  kind: 'hashItem'
  path: string
  limits: DecodeLimits
}

export interface HashedItem {
  fingerprint: Fingerprint
  decoder: DecoderReport
}

/** What every worker thread is started with. */
export interface WorkerSetup {
  decoder: DecoderOptions
}
