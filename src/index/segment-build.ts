import { randomUUID } from 'node:crypto'
import { masksOf } from './flip-plan.js'
import type { Algorithm } from './hash-index.js'
import { instantiateKernel } from './kernel-instance.js'
import type { Kernel } from './kernel-instance.js'
import {
  flipsMax, groupBits, hBalls, hHeads, hNumberBytes, hRows, hRowsMax, hSharedDirectory, hSharedRows, hSparse, hTable, hTables, hTails, headerBytes,
  tMasks, tPosition, tWidth, tableBytes
} from './kernel/layout.js'
import { aligned, allocate, changingBytes, readHeader, sealHeader, writeHeader } from './part.js'
import type { Part } from './part.js'
import { buildBytesMax, layoutFor } from './table-layout.js'
import type { TableLayout } from './table-layout.js'

const groupBuckets = 2 ** groupBits
const ballsBytes = (flipsMax + 1) * groupBuckets * 8
/** Room for the masks of two widths of at most 25 bits. */
const masksBytes = aligned(2 * 4 * masksOf(25, flipsMax))

/** What a row and its entry can take in the image in front of the tables: 32 bytes, and at most 10 when entries share rows. */
const rowBytesMax = 42

/** WebAssembly hands out a pointer beyond 2 GiB as a negative number. */
function unsigned (pointer: number): number {
  return pointer >>> 0
}

/** All values of `width` bits with at most `flipsMax` ones, fewest ones first. */
export function flipMasks (width: number): Uint32Array {
  const masks = [0]
  let level = [0]
  for (let flips = 1; flips <= flipsMax; flips++) {
    level = level.flatMap((mask) => {
      const used = 32 - Math.clz32(mask)
      return Array.from({ length: width - used }, (_, i) => mask | (1 << (used + i)))
    })
    masks.push(...level)
  }
  return Uint32Array.from(masks)
}

/** For each limit from 0 to `flipsMax` and each of 64 buckets: a bit for each of the 64 buckets within so many flips of it. */
export function flipBalls (): BigUint64Array {
  return BigUint64Array.from({ length: (flipsMax + 1) * groupBuckets }, (_, i) => {
    const near = flipMasks(groupBits).subarray(0, masksOf(groupBits, Math.floor(i / groupBuckets)))
    return near.reduce((ball, mask) => ball | 1n << BigInt((i % groupBuckets) ^ mask), 0n)
  })
}

/**
 * A segment that is filled with up to `rowsMax` rows and then built into tables. Equal rows become one that several entries
 * share. The scratch lies where the tables will be; where it is larger than they are, the finished image moves to a memory of
 * its own size, so that no scratch stays behind.
 */
export class SegmentBuilder {
  readonly #algorithm: Algorithm
  readonly #memory: WebAssembly.Memory
  readonly #kernel: Kernel
  readonly #words: Uint32Array
  readonly #heads = headerBytes + ballsBytes + masksBytes
  readonly #tails: number
  /** Scratch: the entry ids as they came; where each row went; the slots of a hash table. */
  readonly #entryIds: number
  readonly #rowOf: number
  readonly #slots: number
  readonly #slotsLog2: number
  #rows = 0

  /** `tablesBytes` makes room for tables that `layoutFor` would not choose. */
  constructor (algorithm: Algorithm, rowsMax: number, module: WebAssembly.Module, tablesBytes = buildBytesMax(rowsMax)) {
    const scratch = aligned(this.#heads + rowBytesMax * rowsMax + 64)
    this.#algorithm = algorithm
    this.#tails = this.#heads + 16 * rowsMax
    this.#entryIds = scratch
    this.#rowOf = scratch + aligned(4 * rowsMax)
    this.#slots = this.#rowOf + aligned(4 * rowsMax)
    this.#slotsLog2 = Math.ceil(Math.log2(1.5 * rowsMax + 1))
    this.#memory = allocate(Math.max(this.#scratchEnd, scratch + tablesBytes) + changingBytes(1.5 * rowsMax + 64))
    this.#words = new Uint32Array(this.#memory.buffer)
    this.#kernel = instantiateKernel(module, this.#memory)
    writeHeader(this.#memory, { [hRowsMax]: rowsMax })
  }

  get rows (): number { return this.#rows }

  /** Appends a permuted value: four words of `words` from `head`, four from `tail`. */
  append (words: Uint32Array, head: number, tail: number, entryId: number): void {
    const own = this.#words
    const row = this.#rows++
    const ownHead = this.#heads / 4 + 4 * row
    const ownTail = this.#tails / 4 + 4 * row
    for (let i = 0; i < 4; i++) {
      own[ownHead + i] = words[head + i] ?? 0
      own[ownTail + i] = words[tail + i] ?? 0
    }
    own[this.#entryIds / 4 + row] = entryId
  }

  /** The finished segment, with the tables that suit its rows unless others are asked for. The builder is of no more use. */
  build (choose: (rows: number) => TableLayout = layoutFor): Part {
    const entriesEnd = this.#placeRows()
    const layout = choose(readHeader(this.#memory, hRows))
    this.#describe(layout)
    const end = this.#buildTables(layout, entriesEnd)
    const memory = this.#scratchEnd > end ? this.#moved(end) : this.#memory
    sealHeader(memory, this.#algorithm, end, this.#bits())
    return { id: randomUUID(), algorithm: this.#algorithm, kind: 'tables', memory }
  }

  get #scratchEnd (): number { return this.#slots + 4 * 2 ** this.#slotsLog2 }

  /** Makes equal rows one, and writes the entry ids behind the rows. Returns where they end. */
  #placeRows (): number {
    const distinct = this.#kernel.collapse(this.#heads, this.#tails, this.#rows, this.#rowOf, this.#slots, this.#slotsLog2)
    const tails = this.#heads + 16 * distinct
    new Uint8Array(this.#memory.buffer).copyWithin(tails, this.#tails, this.#tails + 16 * distinct)
    writeHeader(this.#memory, { [hRows]: distinct, [hHeads]: this.#heads, [hTails]: tails })
    return unsigned(this.#kernel.share(0, this.#rows, this.#rowOf, this.#entryIds, this.#slots, tails + 16 * distinct))
  }

  /** Writes the table list, the balls and the masks of the widths. */
  #describe (layout: TableLayout): void {
    const masksAt = new Map<number, number>()
    new BigUint64Array(this.#memory.buffer, headerBytes).set(flipBalls())
    let free = headerBytes + ballsBytes
    let position = 0
    layout.bucketWidths.forEach((width, i) => {
      if (!masksAt.has(width)) {
        const masks = flipMasks(layout.sparse ? width - groupBits : width)
        this.#words.set(masks, free / 4)
        masksAt.set(width, free)
        free += masks.byteLength
      }
      const table = hTable + i * tableBytes
      writeHeader(this.#memory, { [table + tPosition]: position, [table + tWidth]: width, [table + tMasks]: masksAt.get(width) ?? 0 })
      position += layout.widths[i] ?? 0
    })
    writeHeader(this.#memory, {
      [hTables]: layout.widths.length,
      [hNumberBytes]: layout.numberBytes,
      [hSparse]: layout.sparse ? 1 : 0,
      [hBalls]: headerBytes
    })
  }

  #buildTables ({ widths, sparse }: TableLayout, start: number): number {
    const build = sparse ? this.#kernel.buildSparse : this.#kernel.buildPlain
    return widths.reduce((end, _, table) => aligned(unsigned(build(0, table, end))), aligned(start))
  }

  #moved (imageBytes: number): WebAssembly.Memory {
    const memory = allocate(imageBytes + changingBytes(this.#bits()))
    new Uint8Array(memory.buffer).set(new Uint8Array(this.#memory.buffer, 0, imageBytes))
    return memory
  }

  /** A tombstone bit for each row, and one for each entry of a shared row. */
  #bits (): number {
    const closing = readHeader(this.#memory, hSharedDirectory) + 8 * readHeader(this.#memory, hSharedRows)
    return readHeader(this.#memory, hRows) + (this.#words[closing / 4 + 1] ?? 0)
  }
}
