import { mkdir, open, rm, unlink, type FileHandle } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Readable } from 'node:stream'
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
      await writeAll(stream, meter, file)
    } catch (error) {
      await remove()
      if (error instanceof KeersluisError) throw error
      throw new KeersluisError('uploadInterrupted', 'The upload ended early; send it again.', { cause: error })
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

/** Gathered before they are written: each trip to the thread pool costs more than the writing itself. */
const writeBytes = 256 * 1024

/** @throws KeersluisError `emptyUpload`; whatever the stream, the meter or the disk throws. The file may be left behind. */
async function writeAll (stream: Readable, meter: Meter, path: string): Promise<void> {
  let file: FileHandle | undefined
  let gathered: Buffer[] = []
  let gatheredBytes = 0
  const write = async (): Promise<void> => {
    file ??= await open(path, 'wx', 0o600)
    await file.appendFile(Buffer.concat(gathered, gatheredBytes))
    gathered = []
    gatheredBytes = 0
  }
  try {
    // A request that is destroyed takes its connection along, and with that the answer: whoever owns the stream sees to the rest of it.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      meter.add(chunk)
      gathered.push(chunk)
      gatheredBytes += chunk.length
      if (gatheredBytes >= writeBytes) await write()
    }
    meter.end()
    if (meter.bytes === 0) throw new KeersluisError('emptyUpload', 'The upload has no bytes; send the file itself as the body.')
    if (gatheredBytes > 0) await write()
  } finally {
    await file?.close()
  }
}

/** Counts what arrives and shows the head once, before anything behind it is read. */
class Meter {
  readonly #headBytes: number
  readonly #onHead: (head: Buffer) => void
  readonly #onBytes: (bytes: number) => void
  #head: Buffer | undefined = Buffer.alloc(0)
  #held = 0
  bytes = 0

  constructor (headBytes: number, onHead: (head: Buffer) => void, onBytes: (bytes: number) => void) {
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

  add (chunk: Buffer): void {
    this.#onBytes(chunk.length)
    this.bytes += chunk.length
    this.#held += chunk.length
    this.#show(chunk, false)
  }

  /** A body that is shorter than a head shows what it has. */
  end (): void {
    this.#show(Buffer.alloc(0), true)
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
