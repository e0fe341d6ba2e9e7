import { attemptJob, type Progress } from './decode-attempt.js'
import type { Decoder, DecodeOutcome, DecoderOptions, DecodeRequest, DecoderStats, MediaInfo, OnPicture, UndecidedReason } from './decoder.js'
import { DecoderProcess, type Death } from './decoder-process.js'
import { headOf } from './file-head.js'
import { headBytes, sniffMedia } from './sniff.js'

const reasonOfDeath: Readonly<Record<Death, UndecidedReason>> = { deadline: 'timeout', memory: 'outOfMemory', crash: 'crashed' }

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

  /** The child, started where there is none; undefined where the system has nothing left for one. */
  #running (): DecoderProcess | undefined {
    if (this.#process !== undefined) return this.#process
    let child: DecoderProcess
    try {
      child = new DecoderProcess(this.#options)
    } catch {
      return undefined
    }
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
      const child = this.#closed ? undefined : this.#running()
      if (child === undefined) return brokenOff(request, progress, 'crashed')
      const hadServed = child.jobs > 0
      const result = await attemptJob(child, request, onPicture, progress)
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
