import type { DecodedPicture, DecodeLimits, DecodeOutcome, DecodeRequest, MediaInfo, OnPicture } from './decoder.js'
import { refuse, type Death, type DecoderProcess } from './decoder-process.js'
import { picturesAhead, picturesPerAnswer, ProtocolError, type PictureMessage } from './decoder-protocol.js'

/** How far a job came, in all its attempts. */
export interface Progress {
  /** What the child said of it, if anything. */
  media?: MediaInfo
  delivered: number
  stopped: boolean
}

/**
 * One attempt of a job. Pictures that an earlier attempt delivered are not delivered again: decoding is deterministic.
 * Rejects only with what `onPicture` threw; the child is then ended, as it is in the middle of a job.
 */
export async function attemptJob (child: DecoderProcess, request: DecodeRequest, onPicture: OnPicture, progress: Progress): Promise<DecodeOutcome | Death> {
  try {
    await child.ready
  } catch {
    return await child.died
  }
  child.jobs++
  const timer = setTimeout(() => child.kill('deadline'), request.limits.decodeMsMax)
  try {
    return await new Attempt(child, onPicture, progress, request.limits).run(request)
  } finally {
    clearTimeout(timer)
  }
}

class Attempt {
  readonly #child: DecoderProcess
  readonly #onPicture: OnPicture
  readonly #progress: Progress
  readonly #picturesMax: number
  /** Pictures that an earlier attempt delivered. */
  readonly #skipped: number
  /** Pictures that the child has told of. */
  #told = 0
  /** Those that were taken, or passed over. */
  #taken = 0
  #last: Promise<void> = Promise.resolve()

  constructor (child: DecoderProcess, onPicture: OnPicture, progress: Progress, limits: DecodeLimits) {
    this.#child = child
    this.#onPicture = onPicture
    this.#progress = progress
    this.#picturesMax = picturesMaxOf(limits)
    this.#skipped = progress.delivered
  }

  async run ({ content, ...job }: DecodeRequest): Promise<DecodeOutcome | Death> {
    const child = this.#child
    return await new Promise<DecodeOutcome | Death>((resolve, reject) => {
      const queue = (work: () => Promise<void> | void): void => {
        this.#last = this.#last.then(work).catch(async (error: unknown) => {
          this.#progress.stopped = true
          child.kill('crash')
          await child.died
          reject(error)
        })
      }
      child.onMessage = message => {
        if (message.type === 'media') this.#progress.media = message.media
        else if (message.type === 'picture') {
          const pixels = this.#accept(message)
          queue(async () => { await this.#take(message, pixels) })
        } else if (message.type === 'outcome') {
          if (child.hasUnreadContent) throw new ProtocolError('The child has not read what it was sent.')
          child.onMessage = refuse
          const { media, undecided } = message
          queue(() => { resolve({ media, undecided, stopped: this.#progress.stopped }) })
        } else refuse(message)
      }
      child.died.then(death => this.#last.then(() => { resolve(death) })).catch(reject)
      child.send({ type: 'decode', ...job, ...(content === undefined ? {} : { contentBytes: lengthOf(content) }) })
      if (content !== undefined) child.sendContent(content)
    })
  }

  /**
   * @returns its pixels; undefined where nobody wants them
   * @throws ProtocolError where the child is further ahead than it may be: it would fill memory, and leave no time for the deadline
   */
  #accept (message: PictureMessage): Uint8Array | undefined {
    const answered = this.#taken - this.#taken % picturesPerAnswer
    if (this.#told - answered >= picturesAhead || this.#told >= this.#picturesMax) throw new ProtocolError('The child tells of more pictures than it may.')
    this.#told++
    return this.#told <= this.#skipped || this.#progress.stopped ? undefined : this.#child.pixelsOf(message)
  }

  async #take (message: PictureMessage, pixels: Uint8Array | undefined): Promise<void> {
    const progress = this.#progress
    if (pixels !== undefined && !progress.stopped) {
      progress.stopped = await this.#onPicture(pictureOf(message, pixels)) === 'stop'
      progress.delivered++
    }
    // Those of a child that was told to stop are not answered: it waits for nothing any more.
    if (progress.stopped) return this.#child.send({ type: 'stop' })
    this.#taken++
    if (this.#taken % picturesPerAnswer === 0) this.#child.send({ type: 'continue' })
  }
}

/** Each frame comes on white and, where something shines through, on black; with some colour profiles twice, as `image-decoder.ts` says. */
function picturesMaxOf ({ animationFramesMax, videoFramesMax }: DecodeLimits): number {
  return 4 * animationFramesMax + 2 * videoFramesMax
}

function lengthOf (content: readonly Uint8Array[]): number {
  return content.reduce((sum, { length }) => sum + length, 0)
}

function pictureOf ({ frame, timeS, native, background, raster, extent }: PictureMessage, data: Uint8Array): DecodedPicture {
  return {
    frame, native, background, raster: { ...raster, data, channels: 3 }, ...(timeS === undefined ? {} : { timeS }), ...(extent === undefined ? {} : { extent })
  }
}
