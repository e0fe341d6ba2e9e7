import { hEntryIds, hRows, hSharedDirectory, hSharedIds, hSharedRows } from './layout'

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
