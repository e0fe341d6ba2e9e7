import { KeersluisError } from '../errors.js'
import { permutationSeed } from './bit-permutation.js'
import type { Algorithm } from './hash-index.js'
import {
  hAlgorithm, hBits, hFormat, hImageBytes, hLaneFlags, hLanes, hMagic, hRows, hSeed, hSharedRows, hTombstones, laneBytes, lanesMax
} from './kernel/layout.js'

/** 'KSLI', and the number of this layout. A change of `kernel/layout.ts` raises it. */
const magic = 0x494c534b
const format = 4
const pageBytes = 65_536
/** The address space of 32-bit WebAssembly. */
const memoryBytesMax = 2 ** 32

const algorithmCodes: Record<Algorithm, number> = { md5: 1, sha1: 2, sha256: 3, pdq: 4, blockhash: 5 }

/**
 * One immutable or growing piece of the set, in its own shared memory whose header says what lies where (`kernel/layout.ts`).
 * `rows`: perceptual hashes compared one by one; `tables`: perceptual hashes with search tables; `digests`: a hash table.
 */
export interface Part {
  /** Unique, also across restarts. */
  id: string
  algorithm: Algorithm
  kind: 'rows' | 'tables' | 'digests'
  memory: WebAssembly.Memory
}

export function allocate (bytes: number): WebAssembly.Memory {
  if (bytes > memoryBytesMax) throw new KeersluisError('internal', 'A part of the index would be larger than 4 GiB.')
  const pages = Math.ceil(bytes / pageBytes)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
}

/** Rounds up to a multiple of 64, a cache line. */
export function aligned (bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}

export function readHeader (memory: WebAssembly.Memory, field: number): number {
  return Atomics.load(new Uint32Array(memory.buffer, 0, 256), field / 4)
}

export function writeHeader (memory: WebAssembly.Memory, fields: Record<number, number>): void {
  const header = new Uint32Array(memory.buffer, 0, 256)
  for (const [field, value] of Object.entries(fields)) Atomics.store(header, Number(field) / 4, value)
}

/** Bytes that follow the image: tombstones for `bits` entries, then the lanes of the searches. */
export function changingBytes (bits: number): number {
  return aligned(4 * Math.ceil(bits / 32)) + aligned(4 * lanesMax) + lanesMax * laneBytes
}

/** Signs the header of a finished image of `imageBytes` and lays out, and clears, what changes behind it. */
export function sealHeader (memory: WebAssembly.Memory, algorithm: Algorithm, imageBytes: number, bits: number): void {
  const tombstones = aligned(imageBytes)
  const flags = tombstones + aligned(4 * Math.ceil(bits / 32))
  const lanes = flags + aligned(4 * lanesMax)
  new Uint8Array(memory.buffer, tombstones, lanes - tombstones).fill(0)
  writeHeader(memory, {
    [hMagic]: magic,
    [hFormat]: format,
    [hSeed]: permutationSeed,
    [hAlgorithm]: algorithmCodes[algorithm],
    [hBits]: bits,
    [hImageBytes]: imageBytes,
    [hTombstones]: tombstones,
    [hLaneFlags]: flags,
    [hLanes]: lanes
  })
}

/** Whether the memory starts with a header that this build wrote for the algorithm. */
export function headerFits (memory: WebAssembly.Memory, algorithm: Algorithm): boolean {
  return readHeader(memory, hMagic) === magic && readHeader(memory, hFormat) === format &&
    readHeader(memory, hSeed) === permutationSeed && readHeader(memory, hAlgorithm) === algorithmCodes[algorithm]
}

/** The tombstone words of a part. */
export function tombstonesOf (memory: WebAssembly.Memory): Uint32Array {
  return new Uint32Array(memory.buffer, readHeader(memory, hTombstones), Math.ceil(readHeader(memory, hBits) / 32))
}

export function isBuried (tombstones: Uint32Array, bit: number): boolean {
  return ((Atomics.load(tombstones, bit >>> 5) >>> (bit & 31)) & 1) === 1
}

/** Makes one entry unfindable, for every thread, from now on. */
export function bury (memory: WebAssembly.Memory, bit: number): void {
  Atomics.or(tombstonesOf(memory), bit >>> 5, 1 << (bit & 31))
}

export interface PartCounts {
  entries: number
  buried: number
}

/** Live and buried entries of a part, counted. */
export function countEntries (part: Part): PartCounts {
  let buried = 0
  for (let word of tombstonesOf(part.memory)) for (; word !== 0; word &= word - 1) buried++
  const growing = part.kind !== 'tables'
  const all = growing ? readHeader(part.memory, hRows) : readHeader(part.memory, hBits) - readHeader(part.memory, hSharedRows)
  return { entries: all - buried, buried }
}
