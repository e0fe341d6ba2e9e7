import { parentPort, threadId, workerData } from 'node:worker_threads'
import type { Digests } from '../hash/digests.js'
import { createReaderCache, openReader } from '../index/open.js'
import { contentFormats, type DecodedPicture, type DecodeOutcome, type Decoder, type OnPicture } from '../media/decoder.js'
import { createDecoder } from '../media/decoder-client.js'
import { Fingerprinter, isNewFrame, type Fingerprint, type PictureHashes, type Side } from '../media/fingerprint.js'
import { packHits, unpackQueries } from './packed-queries.js'
import { headOf } from '../media/file-head.js'
import { headBytes, sniff, sniffMedia } from '../media/sniff.js'
import { removeContentFile, writeContentFile } from './content-file.js'
import { contentDigests, fileDigests } from './file-digests.js'
import { searchAll, searchDigests, searchPicture, type FoundHit } from './search.js'
import {
  answerWord, type Answer, type DecoderReport, type DigestTask, type ExamineTask, type Examination, type HashedItem, type HashItemTask, type Lookup,
  type LookupTask, type Progress, type Question, type Research, type ResearchTask, type Timings, type WorkerSetup, type WorkerTask
} from './task.js'

/** One worker thread: it owns a decoder child and reads the shared index. */
class Worker {
  readonly #decoder: Decoder
  readonly #fingerprinter = new Fingerprinter()
  readonly #readers = createReaderCache()
  readonly #answer = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

  constructor (setup: WorkerSetup) {
    this.#decoder = createDecoder(setup.decoder)
  }

  async run (task: WorkerTask): Promise<Examination | Research | Lookup | Digests | HashedItem> {
    switch (task.kind) {
      case 'examine': return await this.#examine(task)
      case 'research': return this.#research(task)
      case 'lookup': return this.#lookup(task)
      case 'digest': return this.#digest(task)
      case 'hashItem': return await this.#hashItem(task)
    }
  }

  /** The way of an upload: digests, what they say, pictures as they are decoded, what those say. */
  async #examine (task: ExamineTask): Promise<Examination> {
    const timings: Timings = { digestMs: 0, decodeMs: 0, hashMs: 0, searchMs: 0 }
    const reader = openReader(task.index, this.#readers)
    const listVersion = reader.version
    const { path, unwritten } = task.file
    const digests = timed(timings, 'digestMs', () => unwritten === undefined ? fileDigests(path) : contentDigests(unwritten))
    const hits = timed(timings, 'searchMs', () => searchDigests(reader, digests))
    const answer = this.#ask(task.watcher, { stage: 'digests', sha256: digests.sha256, hits, listVersion })
    const pictures: PictureHashes[] = []
    let outcome: DecodeOutcome
    let abandoned = false
    if (answer === 'stop') outcome = { media: sniffMedia(headOf(path, unwritten, headBytes)), undecided: [], stopped: true }
    else {
      const decoding = performance.now()
      outcome = await this.#decodeUpload(task, decoded => {
        abandoned = Atomics.load(task.abandoned, 0) !== 0
        if (abandoned) return 'stop'
        const picture = timed(timings, 'hashMs', () => this.#addPicture(pictures, decoded, 'upload'))
        const found = timed(timings, 'searchMs', () => searchPicture(reader, picture, pictures.length - 1, task.plan))
        // Of a crowded list they can be more than a call takes arguments.
        for (const hit of found) hits.push(hit)
        if (found.length === 0 || decoded.timeS === undefined) return 'continue'
        return this.#ask(task.watcher, { stage: 'pictures', hits, pictures })
      })
      timings.decodeMs = performance.now() - decoding - timings.hashMs
    }
    const fingerprint = asFingerprint(digests, outcome, pictures)
    return { fingerprint, hits: distinct(hits), listVersion, current: reader.current && reader.version === listVersion, timings, decoder: this.#report(), abandoned }
  }

  /** What lies in memory is decoded from there, where its decoder can, or from a file that is there for as long as it takes. */
  async #decodeUpload ({ file, limits }: ExamineTask, onPicture: OnPicture): Promise<DecodeOutcome> {
    const { path, unwritten } = file
    const request = { path, sampling: 'sparse', limits } as const
    if (unwritten === undefined) return await this.#decoder.decode(request, onPicture)
    if (contentFormats.has(sniff(headOf(path, unwritten, headBytes)).format)) return await this.#decoder.decode({ ...request, content: unwritten }, onPicture)
    try {
      writeContentFile(path, unwritten)
      return await this.#decoder.decode(request, onPicture)
    } finally {
      removeContentFile(path)
    }
  }

  #research (task: ResearchTask): Research {
    const reader = openReader(task.index, this.#readers)
    const listVersion = reader.version
    const { digests, pictures } = task.fingerprint
    const found = [...searchDigests(reader, digests), ...pictures.flatMap((picture, index) => searchPicture(reader, picture, index, task.plan))]
    return { found, listVersion, current: reader.current }
  }

  #lookup (task: LookupTask): Lookup {
    const reader = openReader(task.index, this.#readers)
    const listVersion = reader.version
    const found = packHits(unpackQueries(task.queries).map(({ algorithm, value, radius }) => searchAll(reader, algorithm, value, radius, task.hitsUsual)))
    return { found, listVersion, current: reader.current }
  }

  #digest (task: DigestTask): Digests {
    return fileDigests(task.path)
  }

  async #hashItem (task: HashItemTask): Promise<HashedItem> {
    const digests = fileDigests(task.path)
    const pictures: PictureHashes[] = []
    const outcome = await this.#decoder.decode({ path: task.path, sampling: 'dense', limits: task.limits }, decoded => {
      const last = pictures.at(-1)
      const added = this.#addPicture(pictures, decoded, decoded.timeS === undefined ? 'item' : 'itemFrame')
      if (decoded.timeS !== undefined && added !== last && !isNewFrame(added.variants, last?.variants)) pictures.pop()
      return 'continue'
    })
    return { fingerprint: asFingerprint(digests, outcome, pictures), decoder: this.#report() }
  }

  /** The same frame on black, or in other colours, joins what there is of it. */
  #addPicture (pictures: PictureHashes[], decoded: DecodedPicture, side: Side): PictureHashes {
    const variants = this.#fingerprinter.picture(decoded, side)
    const last = pictures.at(-1)
    if (last?.frame === decoded.frame) {
      last.variants.push(...variants)
      return last
    }
    const { frame, native, timeS } = decoded
    const picture: PictureHashes = { frame, native, variants, ...(timeS === undefined ? {} : { timeS }) }
    pictures.push(picture)
    return picture
  }

  /** Sleeps until it is answered: a worker has nothing else to do, and a message back would cost it and the main thread more. */
  #ask (watcher: number, progress: Progress): Answer {
    const question: Question = { watcher, progress, answer: this.#answer }
    Atomics.store(this.#answer, 0, answerWord.unanswered)
    parentPort?.postMessage(question)
    Atomics.wait(this.#answer, 0, answerWord.unanswered)
    return Atomics.load(this.#answer, 0) === answerWord.stop ? 'stop' : 'continue'
  }

  #report (): DecoderReport {
    return { thread: threadId, ...this.#decoder.stats() }
  }
}

function asFingerprint (digests: Digests, outcome: DecodeOutcome, pictures: PictureHashes[]): Fingerprint {
  return { digests, media: outcome.media, pictures, undecided: outcome.undecided, complete: !outcome.stopped }
}

/** A frame that was searched on white and again together with black is found twice. */
function distinct (hits: FoundHit[]): FoundHit[] {
  const seen = new Set<string>()
  return hits.filter(hit => {
    const key = `${hit.entryId} ${hit.picture} ${hit.variant} ${hit.orientation}`
    return !seen.has(key) && seen.add(key)
  })
}

function timed<T> (timings: Timings, stage: keyof Timings, work: () => T): T {
  const start = performance.now()
  try {
    return work()
  } finally {
    timings[stage] += performance.now() - start
  }
}

const worker = new Worker(workerData as WorkerSetup)
export default async (task: WorkerTask): Promise<unknown> => await worker.run(task)
