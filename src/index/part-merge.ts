import { digestWords, DigestTable } from './digest-table.js'
import type { Algorithm } from './hash-index.js'
import { hEntryIds, hHeads, hRows, hSharedDirectory, hSharedIds, hSharedRows, hTails, hValueBytes } from './kernel/layout.js'
import { countEntries, isBuried, readHeader, tombstonesOf } from './part.js'
import type { Part } from './part.js'
import { isDigest } from './search-input.js'
import { SegmentBuilder } from './segment-build.js'

type Taker<T> = (entryId: number, row: number, from: T) => void

interface Rows {
  words: Uint32Array
  heads: number
  tails: number
}

/** Hands every live entry of a perceptual part to `take`. */
function eachEntry ({ memory, kind }: Part, take: Taker<Rows>): void {
  const words = new Uint32Array(memory.buffer)
  const tombstones = tombstonesOf(memory)
  const rows = readHeader(memory, hRows)
  const entryIds = readHeader(memory, hEntryIds) / 4
  const from: Rows = { words, heads: readHeader(memory, hHeads) / 4, tails: readHeader(memory, hTails) / 4 }
  for (let row = 0; row < rows; row++) {
    const entryId = words[entryIds + row] ?? 0
    if (entryId !== 0 && !isBuried(tombstones, row)) take(entryId, row, from)
  }
  if (kind !== 'tables') return
  const directory = readHeader(memory, hSharedDirectory) / 4
  const ids = readHeader(memory, hSharedIds) / 4
  for (let shared = 0; shared < readHeader(memory, hSharedRows); shared++) {
    const row = words[directory + 2 * shared] ?? 0
    const end = words[directory + 2 * shared + 3] ?? 0
    for (let i = words[directory + 2 * shared + 1] ?? 0; i < end; i++) {
      if (!isBuried(tombstones, rows + i)) take(words[ids + i] ?? 0, row, from)
    }
  }
}

function mergePerceptual (algorithm: Algorithm, sources: readonly Part[], rowsMax: number, module: WebAssembly.Module): Part[] {
  const counts = sources.map((source) => countEntries(source).entries)
  let left = counts.reduce((sum, count) => sum + count, 0)
  const merged: Part[] = []
  let builder: SegmentBuilder | undefined
  for (const source of sources) {
    eachEntry(source, (entryId, row, { words, heads, tails }) => {
      builder ??= new SegmentBuilder(algorithm, Math.min(left, rowsMax), module)
      builder.append(words, heads + 4 * row, tails + 4 * row, entryId)
      left--
      if (builder.rows < rowsMax) return
      merged.push(builder.build())
      builder = undefined
    })
  }
  if (builder !== undefined) merged.push(builder.build())
  return merged
}

function mergeDigests (algorithm: Algorithm, sources: readonly Part[], rowsMax: number): Part[] {
  let left = sources.reduce((sum, source) => sum + countEntries(source).entries, 0)
  const merged: DigestTable[] = []
  for (const { memory } of sources) {
    const tombstones = tombstonesOf(memory)
    const entryIds = new Uint32Array(memory.buffer, readHeader(memory, hEntryIds))
    const bytes = readHeader(memory, hValueBytes)
    const values = new Uint8Array(memory.buffer, readHeader(memory, hHeads))
    for (let row = 0; row < readHeader(memory, hRows); row++) {
      if (isBuried(tombstones, row)) continue
      const last = merged.at(-1)
      const table = last === undefined || last.full ? new DigestTable(algorithm, Math.min(left, rowsMax)) : last
      if (table !== last) merged.push(table)
      table.append(digestWords(values.subarray(row * bytes, (row + 1) * bytes)), entryIds[row] ?? 0)
      left--
    }
  }
  return merged.map((table) => table.part)
}

/**
 * The live entries of `sources` in as few new parts of at most `rowsMax` rows as they need. Entries that are buried meanwhile
 * may or may not be in them: whoever swaps the parts in buries those again.
 */
export function mergeParts (algorithm: Algorithm, sources: readonly Part[], rowsMax: number, module: WebAssembly.Module): Part[] {
  return isDigest(algorithm) ? mergeDigests(algorithm, sources, rowsMax) : mergePerceptual(algorithm, sources, rowsMax, module)
}
