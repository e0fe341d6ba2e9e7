import { open, unlink, type FileHandle } from 'node:fs/promises'
import { blockBytes, newBlock, type SpoolBlock, type SpoolMemory } from './spool-memory.js'

/** What all uploads in flight hold. */
export interface SpoolAccount {
  readonly memory: SpoolMemory
  bytes: number
}

/** A file on its way to a worker thread. */
export interface SpooledFile {
  path: string
  /** The content, where nothing is on disk. Whoever writes it there, removes it. */
  unwritten?: Array<Uint8Array<SharedArrayBuffer>>
}

/** A larger upload is written while it arrives. */
const memoryBlocksMax = 8 * 1024 * 1024 / blockBytes

/**
 * An upload between the socket and the decoder. A small one stays in memory until a worker thread writes it, which does not
 * have to wait for the disk as the main thread would. Whoever holds it calls `remove` when the check is over, whatever its end.
 */
export class SpooledUpload {
  bytes = 0
  readonly #path: string
  readonly #account: SpoolAccount
  /** All of the upload, in blocks of the account's memory; none once there is a file. */
  #blocks: SpoolBlock[] = []
  /** What is gathered for the file. */
  #gathered: SpoolBlock | undefined
  /** Bytes in the last block, or in what is gathered. */
  #lastBytes = blockBytes
  #file: FileHandle | undefined
  #isOnDisk = false

  constructor (path: string, account: SpoolAccount) {
    this.#path = path
    this.#account = account
  }

  /** Takes the next bytes. The account must have room for them. A promise is returned where the disk has to take some of them. */
  append (chunk: Uint8Array): Promise<void> | undefined {
    this.bytes += chunk.length
    this.#account.bytes += chunk.length
    return this.#fill(chunk)
  }

  /** No more bytes come. */
  async end (): Promise<void> {
    if (this.#isOnDisk) await this.written()
  }

  /** Where it lies on disk, once it does. Where the disk does not take it, it is removed. */
  async written (): Promise<string> {
    try {
      if (!this.#isOnDisk || this.#file !== undefined) await this.#write()
      await this.#close()
      return this.#path
    } catch (error) {
      await this.remove()
      throw error
    }
  }

  /** For a worker thread. What is not on disk stays as it is until the upload is removed. */
  handOver (): SpooledFile {
    return this.#isOnDisk ? { path: this.#path } : { path: this.#path, unwritten: this.#content() }
  }

  async remove (): Promise<void> {
    this.#account.bytes -= this.bytes
    this.bytes = 0
    this.#release()
    await this.#close()
    if (this.#isOnDisk) await unlink(this.#path).catch(() => {})
  }

  #fill (chunk: Uint8Array): Promise<void> | undefined {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#lastBytes === blockBytes && !this.#nextBlock()) return this.#gather().then(() => this.#fill(rest))
      const piece = rest.subarray(0, blockBytes - this.#lastBytes)
      const block = this.#gathered ?? this.#blocks.at(-1)
      // One copy of memory in native code; `set` goes word by word where memory is shared, and takes three times as long.
      block?.fill(piece, this.#lastBytes, this.#lastBytes + piece.length)
      this.#lastBytes += piece.length
      rest = rest.subarray(piece.length)
    }
    return undefined
  }

  /** Goes on in one more block of the memory, if there is one for this upload. */
  #nextBlock (): boolean {
    const block = this.#isOnDisk || this.#blocks.length === memoryBlocksMax ? undefined : this.#account.memory.take()
    if (block === undefined) return false
    this.#blocks.push(block)
    this.#lastBytes = 0
    return true
  }

  /** What there is goes to the disk, and what follows is gathered for it. */
  async #gather (): Promise<void> {
    await this.#write()
    this.#gathered ??= newBlock()
    this.#lastBytes = 0
  }

  async #write (): Promise<void> {
    this.#isOnDisk = true
    this.#file ??= await open(this.#path, 'wx', 0o600)
    for (const block of this.#content()) await this.#file.appendFile(block)
    this.#release()
  }

  #content (): SpoolBlock[] {
    const blocks = this.#gathered === undefined ? this.#blocks : [this.#gathered]
    return blocks.map((block, i) => i < blocks.length - 1 ? block : block.subarray(0, this.#lastBytes))
  }

  #release (): void {
    this.#account.memory.give(this.#blocks)
    this.#blocks = []
  }

  async #close (): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}
