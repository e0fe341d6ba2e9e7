import { mkdir, rm, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { KeersluisError } from '../errors.js'
import { freeChunk } from '../free-chunk.js'
import { eachChunk } from './each-chunk.js'
import { newBlock, SpoolMemory } from './spool-memory.js'
import { SpooledUpload, type SpoolAccount } from './spooled-upload.js'

export interface SpoolLimits {
  uploadBytesMax: number
  /** Bytes of all uploads in flight. */
  spoolBytesMax: number
  /** Bytes of the memory for small ones among them. */
  spoolMemoryBytesMax: number
}

/** The folder where uploads lie between the socket and the decoder: 0700, its files 0600, empty after a start. */
export class Spool {
  readonly #folder: string
  readonly #limits: SpoolLimits
  readonly #account: SpoolAccount

  private constructor (folder: string, limits: SpoolLimits) {
    this.#folder = folder
    this.#limits = limits
    this.#account = { memory: new SpoolMemory(limits.spoolMemoryBytesMax), bytes: 0 }
  }

  /** Clears what a killed gate left behind. */
  static async open (folder: string, limits: SpoolLimits): Promise<Spool> {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return new Spool(folder, limits)
  }

  /** Bytes of the uploads in flight, on disk or in memory. */
  get bytes (): number { return this.#account.bytes }

  /** Bytes of the memory that they take. */
  get memoryBytes (): number { return this.#account.memory.bytes }

  /** Writes a file and removes it: on a full disk one can still be made, but not filled. Rejects with what the system says. */
  async ping (): Promise<void> {
    const file = path.join(this.#folder, randomUUID())
    try {
      await writeFile(file, newBlock(), { mode: 0o600 })
    } finally {
      await rm(file, { force: true })
    }
  }

  /**
   * Takes in a stream, calling `onHead` once with its first `headBytes` bytes (fewer where it is shorter) before more is
   * read; what `onHead` throws ends the upload. Chunks are copied, and then freed: nobody else may read the stream.
   * @throws KeersluisError `uploadTooLarge`, `overloaded` when the spool is full, `uploadInterrupted`, `emptyUpload`, `dataDirUnusable`
   */
  async receive (stream: Readable, headBytes: number, onHead: (head: Buffer) => void): Promise<SpooledUpload> {
    const upload = new SpooledUpload(path.join(this.#folder, randomUUID()), this.#account)
    const head = new Head(headBytes, onHead)
    try {
      await eachChunk(stream, chunk => {
        this.#assertRoom(chunk.length, upload.bytes)
        head.add(chunk)
        const appended = upload.append(chunk)
        if (appended !== undefined) return appended.then(() => { freeChunk(chunk) })
        freeChunk(chunk)
        return undefined
      })
      head.end()
      if (upload.bytes === 0) throw new KeersluisError('emptyUpload', 'The upload has no bytes; send the file itself as the body.')
      await upload.end()
      return upload
    } catch (error) {
      await upload.remove()
      if (error instanceof KeersluisError) throw error
      if (isOfDisk(error)) throw new KeersluisError('dataDirUnusable', 'The spool in the data folder cannot be written; see the log, and make room or put it right.', { cause: error })
      throw new KeersluisError('uploadInterrupted', 'The upload ended early; send it again.', { cause: error })
    }
  }

  #assertRoom (bytes: number, uploadBytes: number): void {
    if (uploadBytes + bytes > this.#limits.uploadBytesMax) {
      throw new KeersluisError('uploadTooLarge', `The upload is larger than the limit of ${this.#limits.uploadBytesMax} bytes (uploadBytesMax).`)
    }
    if (this.#account.bytes + bytes > this.#limits.spoolBytesMax) {
      throw new KeersluisError('overloaded', 'The spool is full; try again in a moment.', { retryAfterS: 5 })
    }
  }
}

const diskCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'])

/** Whether the gate's own disk is to blame, and not whoever sends. */
function isOfDisk (error: unknown): boolean {
  return error instanceof Error && 'code' in error && diskCodes.has(error.code)
}

/** Shows the first bytes once, before anything behind them is read. */
class Head {
  readonly #bytes: number
  readonly #onHead: (head: Buffer) => void
  #head: Buffer | undefined = Buffer.alloc(0)

  constructor (bytes: number, onHead: (head: Buffer) => void) {
    this.#bytes = bytes
    this.#onHead = onHead
  }

  add (chunk: Buffer): void {
    this.#show(chunk, false)
  }

  /** A body that is shorter than a head shows what it has. */
  end (): void {
    this.#show(Buffer.alloc(0), true)
  }

  #show (chunk: Buffer, atEnd: boolean): void {
    if (this.#head === undefined) return
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, this.#bytes - this.#head.length)])
    if (this.#head.length < this.#bytes && !atEnd) return
    const head = this.#head
    this.#head = undefined
    if (head.length > 0) this.#onHead(head)
  }
}
