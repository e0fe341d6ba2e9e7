import { createWriteStream } from 'node:fs'
import { mkdir, rm, unlink } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { KeersluisError } from '../errors.js'

/** An upload on disk. Whoever holds it calls `remove` when the check is over, whatever its end. */
export interface SpooledUpload {
  path: string
  bytes: number
  remove (): Promise<void>
}

export interface SpoolLimits {
  uploadBytesMax: number
  /** Bytes of all uploads in flight. */
  spoolBytesMax: number
}

/** The folder where uploads lie between the socket and the decoder: 0700, its files 0600, empty after a start. */
export class Spool {
  readonly #folder: string
  readonly #limits: SpoolLimits
  #bytes = 0

  private constructor (folder: string, limits: SpoolLimits) {
    this.#folder = folder
    this.#limits = limits
  }

  /** Clears what a killed gate left behind. */
  static async open (folder: string, limits: SpoolLimits): Promise<Spool> {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new Spool(folder, limits)
  }

  /** Bytes on disk now. */
  get bytes (): number { return this.#bytes }

  /**
   * Writes a stream to a file, calling `onHead` once with its first `headBytes` bytes (fewer where it is shorter)
   * before more is read; what `onHead` throws ends the upload.
   * @throws KeersluisError `uploadTooLarge`, `overloaded` when the spool is full, `uploadInterrupted`, `emptyUpload`
   */
  async receive (stream: Readable, headBytes: number, onHead: (head: Buffer) => void): Promise<SpooledUpload> {
    const file = path.join(this.#folder, randomUUID())
    const meter = new Meter(headBytes, onHead, bytes => this.#take(bytes, meter.bytes))
    const remove = async (): Promise<void> => {
      this.#bytes -= meter.release()
      await unlink(file).catch(() => {})
    }
    try {
      await pipeline(stream, meter, createWriteStream(file, { mode: 0o600, flags: 'wx' }))
    } catch (error) {
      await remove()
      if (error instanceof KeersluisError) throw error
      throw new KeersluisError('uploadInterrupted', 'The upload ended early; send it again.', { cause: error })
    }
    if (meter.bytes === 0) {
      await remove()
      throw new KeersluisError('emptyUpload', 'The upload has no bytes; send the file itself as the body.')
    }
    return { path: file, bytes: meter.bytes, remove }
  }

  #take (bytes: number, uploadBytes: number): void {
    if (uploadBytes + bytes > this.#limits.uploadBytesMax) {
      throw new KeersluisError('uploadTooLarge', `The upload is larger than the limit of ${this.#limits.uploadBytesMax} bytes (uploadBytesMax).`)
    }
    if (this.#bytes + bytes > this.#limits.spoolBytesMax) {
      throw new KeersluisError('overloaded', 'The spool is full; try again in a moment.', { retryAfterS: 5 })
    }
    this.#bytes += bytes
  }
}

/** Counts what passes and shows the head once, before anything behind it is read. */
class Meter extends Transform {
  readonly #headBytes: number
  readonly #onHead: (head: Buffer) => void
  readonly #onBytes: (bytes: number) => void
  #head: Buffer | undefined = Buffer.alloc(0)
  #held = 0
  bytes = 0

  constructor (headBytes: number, onHead: (head: Buffer) => void, onBytes: (bytes: number) => void) {
    super()
    this.#headBytes = headBytes
    this.#onHead = onHead
    this.#onBytes = onBytes
  }

  /** The bytes that were counted and are not released yet. */
  release (): number {
    const held = this.#held
    this.#held = 0
    return held
  }

  override _transform (chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, chunk?: Buffer) => void): void {
    try {
      this.#onBytes(chunk.length)
      this.bytes += chunk.length
      this.#held += chunk.length
      this.#show(chunk, false)
      done(null, chunk)
    } catch (error) {
      done(error as Error)
    }
  }

  override _flush (done: (error?: Error | null) => void): void {
    try {
      this.#show(Buffer.alloc(0), true)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  #show (chunk: Buffer, atEnd: boolean): void {
    if (this.#head === undefined) return
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, this.#headBytes - this.#head.length)])
    if (this.#head.length < this.#headBytes && !atEnd) return
    const head = this.#head
    this.#head = undefined
    if (head.length > 0) this.#onHead(head)
  }
}
