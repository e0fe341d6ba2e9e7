import type { Decoder, DecodedPicture, DecodeOutcome, DecoderOptions, DecodeRequest, DecoderStats, MediaInfo, OnPicture, UndecidedReason } from './decoder.js'
import { DecoderProcess, type Death } from './decoder-process.js'
import { picturesPerAnswer, type FromChild, type PictureMessage } from './decoder-protocol.js'
import { headOf } from './file-head.js'
import { headBytes, sniffMedia } from './sniff.js'

const reasonOfDeath: Readonly<Record<Death, UndecidedReason>> = { deadline: 'timeout', memory: 'outOfMemory', crash: 'crashed' }

/** How far a job came before its child died. */
interface Progress {
  /** What the child said of it, if anything. */
  media?: MediaInfo
  delivered: number
  stopped: boolean
}

/**
 * A decoder that owns one child process at a time. The child is started by the first job, or at once with
 * `options.startNow`, and replaced when it dies or has done `jobsMax` jobs.
 */
export function createDecoder (options: DecoderOptions): Decoder {
  return new ChildDecoder(options)
}

class ChildDecoder implements Decoder {
  readonly #options: DecoderOptions
  #process: DecoderProcess | undefined
  #last: Promise<unknown> = Promise.resolve()
  #jobs = 0
  #restarts = 0
  #closed = false

  constructor (options: DecoderOptions) {
    this.#options = options
    if (options.startNow !== undefined) this.#running()
  }

  stats (): DecoderStats {
    return { jobs: this.#jobs, restarts: this.#restarts }
  }

  decode (request: DecodeRequest, onPicture: OnPicture): Promise<DecodeOutcome> {
    const outcome = this.#last.then(() => this.#decode(request, onPicture))
    this.#last = outcome.catch(() => {})
    return outcome
  }

  async close (): Promise<void> {
    this.#closed = true
    const running = this.#process
    this.#process = undefined
    await running?.close()
    await this.#last
  }

  #running (): DecoderProcess {
    if (this.#process !== undefined) return this.#process
    const child = new DecoderProcess(this.#options)
    this.#process = child
    child.died.finally(() => {
      if (this.#process !== child) return
      this.#process = undefined
      this.#restarts++
    }).catch(() => {})
    return child
  }

  async #decode (request: DecodeRequest, onPicture: OnPicture): Promise<DecodeOutcome> {
    this.#jobs++
    const progress: Progress = { delivered: 0, stopped: false }
    for (let attempt = 0; ; attempt++) {
      if (this.#closed) return brokenOff(request, progress, 'crashed')
      const child = this.#running()
      const hadServed = child.jobs > 0
      const result = await runJob(child, request, onPicture, progress)
      if (typeof result === 'object') {
        this.#recycle(child)
        return result
      }
      // The next upload should not have to wait for the start.
      if (!this.#closed) this.#running()
      // The upload is to blame where it hit a limit or killed a fresh child; an old child may have been sick before.
      if (result !== 'crash' || !hadServed || attempt > 0) return brokenOff(request, progress, reasonOfDeath[result])
    }
  }

  #recycle (child: DecoderProcess): void {
    if (child.jobs < this.#options.jobsMax || this.#process !== child) return
    this.#process = undefined
    child.close().catch(() => {})
    if (!this.#closed) this.#running()
  }
}

/** What came of a job whose child did not live to tell. */
function brokenOff (request: DecodeRequest, { media = seemingMedia(request), delivered, stopped }: Progress, reason: UndecidedReason): DecodeOutcome {
  return { media: delivered > 0 ? { ...media, frames: delivered } : media, undecided: [reason], stopped }
}

function seemingMedia ({ path, content }: DecodeRequest): MediaInfo {
  try {
    return sniffMedia(headOf(path, content, headBytes))
  } catch {
    return { kind: 'other', format: 'unknown' }
  }
}

/**
 * One attempt. Pictures that an earlier attempt delivered are not delivered again: decoding is deterministic.
 * Rejects only with what `onPicture` threw; the child is then ended, as it is in the middle of a job.
 */
async function runJob (child: DecoderProcess, request: DecodeRequest, onPicture: OnPicture, progress: Progress): Promise<DecodeOutcome | Death> {
  try {
    await child.ready
  } catch {
    return await child.died
  }
  child.jobs++
  let received = 0
  const skipped = progress.delivered
  const timer = setTimeout(() => child.kill('deadline'), request.limits.decodeMsMax)
  const receive = async (message: FromChild, pixels: Uint8Array): Promise<DecodeOutcome | undefined> => {
    if (message.type === 'outcome') return { media: message.media, undecided: message.undecided, stopped: progress.stopped }
    if (message.type === 'media') progress.media = message.media
    if (message.type !== 'picture') return undefined
    received++
    if (received > skipped && !progress.stopped) {
      progress.stopped = await onPicture(pictureOf(message, pixels)) === 'stop'
      progress.delivered++
    }
    if (progress.stopped) child.send({ type: 'stop' })
    else if (received % picturesPerAnswer === 0) child.send({ type: 'continue' })
    return undefined
  }
  try {
    return await new Promise<DecodeOutcome | Death>((resolve, reject) => {
      let last: Promise<unknown> = Promise.resolve()
      child.onMessage = (message, pixels) => {
        last = last.then(async () => {
          const outcome = await receive(message, pixels)
          if (outcome !== undefined) resolve(outcome)
        }).catch(async error => {
          child.kill('crash')
          await child.died
          reject(error)
        })
      }
      child.died.then(death => last.then(() => resolve(death))).catch(reject)
      const { content, ...job } = request
      child.send({ type: 'decode', ...job, ...(content === undefined ? {} : { contentBytes: lengthOf(content) }) })
      if (content !== undefined) child.sendContent(content)
    })
  } finally {
    clearTimeout(timer)
    child.onMessage = () => {}
  }
}

function lengthOf (content: readonly Uint8Array[]): number {
  return content.reduce((sum, { length }) => sum + length, 0)
}

function pictureOf ({ frame, timeS, native, background, raster, extent }: PictureMessage, data: Uint8Array): DecodedPicture {
  return {
    frame, native, background, raster: { ...raster, data, channels: 3 }, ...(timeS === undefined ? {} : { timeS }), ...(extent === undefined ? {} : { extent })
  }
}
