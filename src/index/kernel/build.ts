import {
  hEntryIds, hHeads, hRowNumberBytes, hRows, hSharedDirectory, hSharedIds, hSharedRows, hTable, hTails,
  tBitmap, tOffsets, tPosition, tRanks, tRowNumbers, tWidth, tableBytes
} from './layout'

/** `width` (at most 25) bits from bit `position` of a row, which lies in two halves. */
function chunkOf (heads: usize, tails: usize, row: u32, position: u32, width: u32): u32 {
  const mask: u32 = (1 << width) - 1
  const head = heads + (<usize>row << 4)
  const tail = tails + (<usize>row << 4)
  if (position + width <= 128) return (load<u32>(head + (position >> 3)) >> (position & 7)) & mask
  if (position >= 128) return (load<u32>(tail + ((position - 128) >> 3)) >> (position & 7)) & mask
  return <u32>((load<u64>(head, 8) >> (position - 64)) | (load<u64>(tail) << (128 - position))) & mask
}

/** A 64-bit mix of a row; the multiplier is 2^64 divided by the golden ratio. */
function mixOf (a: u64, b: u64, c: u64, d: u64): u64 {
  const mixed = (a ^ rotl(b, 17) ^ rotl(c, 31) ^ rotl(d, 47)) * 0x9e3779b97f4a7c15
  return (mixed ^ (mixed >> 29)) * 0x9e3779b97f4a7c15
}

/**
 * Moves equal rows together, in place: the distinct rows come first, in order of appearance. `rowOf` (u32 for each row given)
 * receives where each went; `slots` is scratch of 2^slotsLog2 zeroed u32, more than `count`. Returns the number of distinct rows.
 */
export function collapse (heads: usize, tails: usize, count: u32, rowOf: usize, slots: usize, slotsLog2: u32): u32 {
  const mask: u32 = (1 << slotsLog2) - 1
  let distinct: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const from = <usize>i << 4
    const a = load<u64>(heads + from)
    const b = load<u64>(heads + from, 8)
    const c = load<u64>(tails + from)
    const d = load<u64>(tails + from, 8)
    let slot = <u32>(mixOf(a, b, c, d) >> 32) & mask
    let row: u32
    while (true) {
      const held = load<u32>(slots + (<usize>slot << 2))
      if (held == 0) {
        row = distinct++
        const to = <usize>row << 4
        store<u32>(slots + (<usize>slot << 2), row + 1)
        store<u64>(heads + to, a)
        store<u64>(heads + to, b, 8)
        store<u64>(tails + to, c)
        store<u64>(tails + to, d, 8)
        break
      }
      row = held - 1
      const at = <usize>row << 4
      if (load<u64>(heads + at) == a && load<u64>(heads + at, 8) == b && load<u64>(tails + at) == c && load<u64>(tails + at, 8) == d) break
      slot = (slot + 1) & mask
    }
    store<u32>(rowOf + (<usize>i << 2), row)
  }
  return distinct
}

const single: u32 = 0xffffffff

/**
 * Writes the entry id of each row at `out`, behind it the directory and the ids of the rows that several entries share, and their
 * places into the header. `cursors` is scratch of one u32 a row. Returns where it ended.
 */
export function share (base: usize, count: u32, rowOf: usize, entryIds: usize, cursors: usize, out: usize): usize {
  const rows = load<u32>(base + hRows)
  memory.fill(cursors, 0, <usize>rows << 2)
  for (let i: u32 = 0; i < count; i++) {
    const cursor = cursors + (<usize>load<u32>(rowOf + (<usize>i << 2)) << 2)
    store<u32>(cursor, load<u32>(cursor) + 1)
  }
  const directory = out + (<usize>rows << 2)
  let pair = directory
  let ids: u32 = 0
  for (let row: u32 = 0; row < rows; row++) {
    const cursor = cursors + (<usize>row << 2)
    const entries = load<u32>(cursor)
    if (entries == 1) {
      store<u32>(cursor, single)
      continue
    }
    store<u32>(cursor, ids)
    store<u32>(pair, row)
    store<u32>(pair, ids, 4)
    pair += 8
    ids += entries
  }
  store<u32>(pair, rows)
  store<u32>(pair, ids, 4)
  const sharedIds = pair + 8
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(rowOf + (<usize>i << 2))
    const entryId = load<u32>(entryIds + (<usize>i << 2))
    const cursor = cursors + (<usize>row << 2)
    const place = load<u32>(cursor)
    store<u32>(out + (<usize>row << 2), place == single ? entryId : 0)
    if (place == single) continue
    store<u32>(sharedIds + (<usize>place << 2), entryId)
    store<u32>(cursor, place + 1)
  }
  store<u32>(base + hEntryIds, <u32>out)
  store<u32>(base + hSharedRows, <u32>((pair - directory) >> 3))
  store<u32>(base + hSharedDirectory, <u32>directory)
  store<u32>(base + hSharedIds, <u32>sharedIds)
  return sharedIds + (<usize>ids << 2)
}

/** Counts the rows of each bucket at `counts`, which has one u32 a bucket. */
function countRows (base: usize, table: usize, counts: usize): void {
  const heads: usize = load<u32>(base + hHeads)
  const tails: usize = load<u32>(base + hTails)
  const rows = load<u32>(base + hRows)
  const position = load<u32>(table + tPosition)
  const width = load<u32>(table + tWidth)
  memory.fill(counts, 0, <usize>4 << width)
  for (let row: u32 = 0; row < rows; row++) {
    const count = counts + (<usize>chunkOf(heads, tails, row, position, width) << 2)
    store<u32>(count, load<u32>(count) + 1)
  }
}

/** Puts the row numbers in order of their buckets; `starts` holds where each bucket starts, and afterwards where it ends. */
function placeRows (base: usize, table: usize, starts: usize, numbers: usize): usize {
  const heads: usize = load<u32>(base + hHeads)
  const tails: usize = load<u32>(base + hTails)
  const rows = load<u32>(base + hRows)
  const position = load<u32>(table + tPosition)
  const width = load<u32>(table + tWidth)
  const numberBytes: usize = load<u32>(base + hRowNumberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const start = starts + (<usize>chunkOf(heads, tails, row, position, width) << 2)
    const place = load<u32>(start)
    store<u32>(start, place + 1)
    const number = numbers + <usize>place * numberBytes
    store<u16>(number, <u16>row)
    store<u8>(number, <u8>(row >> 16), 2)
    if (numberBytes == 4) store<u8>(number, <u8>(row >> 24), 3)
  }
  store<u32>(table + tRowNumbers, <u32>numbers)
  // A probe reads four bytes of a three-byte number.
  return (numbers + <usize>rows * numberBytes + 4 + 7) & ~7
}

/** Builds table `index` with plain offsets at `out`. Needs no scratch: while rows are placed, bucket b + 1 holds the cursor of b. */
export function buildOffsets (base: usize, index: u32, out: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const buckets: u32 = 1 << load<u32>(table + tWidth)
  store<u32>(table + tOffsets, <u32>out)
  store<u32>(out, 0)
  const cursors = out + 4
  countRows(base, table, cursors)
  let before: u32 = 0
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const cursor = cursors + (<usize>bucket << 2)
    const count = load<u32>(cursor)
    store<u32>(cursor, before)
    before += count
  }
  return placeRows(base, table, cursors, cursors + (<usize>buckets << 2))
}

/** Builds table `index` with bitmap and ranks at `out`; `counts` is scratch of one u32 a bucket. */
export function buildRanked (base: usize, index: u32, out: usize, counts: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const buckets: u32 = 1 << load<u32>(table + tWidth)
  countRows(base, table, counts)
  const ranks = out + (<usize>buckets >> 3)
  const offsets = ranks + (<usize>buckets >> 4)
  memory.fill(out, 0, <usize>buckets >> 3)
  let rank: u32 = 0
  let before: u32 = 0
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    if ((bucket & 63) == 0) store<u32>(ranks + (<usize>(bucket >> 6) << 2), rank)
    const cursor = counts + (<usize>bucket << 2)
    const count = load<u32>(cursor)
    if (count == 0) continue
    const word = out + (<usize>(bucket >> 6) << 3)
    store<u64>(word, load<u64>(word) | (<u64>1 << (bucket & 63)))
    store<u32>(offsets + (<usize>rank << 2), before)
    store<u32>(cursor, before)
    rank++
    before += count
  }
  store<u32>(offsets + (<usize>rank << 2), before)
  store<u32>(table + tBitmap, <u32>out)
  store<u32>(table + tRanks, <u32>ranks)
  store<u32>(table + tOffsets, <u32>offsets)
  return placeRows(base, table, counts, offsets + (<usize>(rank + 1) << 2))
}
