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
  /** The content, where nothing is on disk yet: whoever gets it writes it there, before anything else. */
  unwritten?: SpoolBlock[]
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

  /** Takes the next bytes. The account must have room for them. */
  async append (chunk: Uint8Array): Promise<void> {
    this.bytes += chunk.length
    this.#account.bytes += chunk.length
    for (let at = 0; at < chunk.length;) {
      const block = this.#lastBytes < blockBytes ? this.#gathered ?? this.#blocks.at(-1) : await this.#nextBlock()
      const piece = chunk.subarray(at, at + blockBytes - this.#lastBytes)
      block?.set(piece, this.#lastBytes)
      this.#lastBytes += piece.length
      at += piece.length
    }
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

  /** For a worker thread. The first call hands over what is not on disk; it stays as it is until the upload is removed. */
  handOver (): SpooledFile {
    if (this.#isOnDisk) return { path: this.#path }
    this.#isOnDisk = true
    return { path: this.#path, unwritten: this.#content() }
  }

  async remove (): Promise<void> {
    this.#account.bytes -= this.bytes
    this.bytes = 0
    this.#release()
    await this.#close()
    if (this.#isOnDisk) await unlink(this.#path).catch(() => {})
  }

  /** A block with room; where memory has none, what there is goes to the disk. */
  async #nextBlock (): Promise<SpoolBlock> {
    const block = this.#isOnDisk || this.#blocks.length === memoryBlocksMax ? undefined : this.#account.memory.take()
    if (block === undefined) await this.#write()
    else this.#blocks.push(block)
    this.#lastBytes = 0
    return block ?? (this.#gathered ??= newBlock())
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
