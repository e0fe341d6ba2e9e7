import { emitRow } from './hits'
import {
  blockRows, hHeads, hRanked, hRowNumberBytes, hRows, hTable, hTables, hTails, lBlock, lCandidates, lDifference, lFlips, lHits,
  lQuery, lRangeEnds, lRanges, lScanned, lSurvivors, tBitmap, tMasks, tOffsets, tPosition, tRanks, tRowNumbers, tWidth, tableBytes
} from './layout'
import { distanceOf, scan } from './scan'

/** `width` (at most 25) bits from bit `position` of a 256-bit value that has 8 bytes of room behind it. */
// @ts-ignore: decorator
@inline
function bitsAt (value: usize, position: u32, width: u32): u32 {
  return (load<u32>(value + (position >> 3)) >> (position & 7)) & ((1 << width) - 1)
}

/** XOR masks of at most `flips` (0 to 3) of `width` bits. */
// @ts-ignore: decorator
@inline
function masksOf (width: u32, flips: i32): u32 {
  let masks: u32 = 1
  if (flips > 0) masks += width
  if (flips > 1) masks += width * (width - 1) / 2
  if (flips > 2) masks += width * (width - 1) * (width - 2) / 6
  return masks
}

/** Appends the non-empty ranges of the buckets within `flips` of the chunk; without branches, because half of them are empty. */
function probeOffsets (table: usize, chunk: u32, flips: i32, ranges: usize): usize {
  const offsets: usize = load<u32>(table + tOffsets)
  let mask: usize = load<u32>(table + tMasks)
  const end = mask + (<usize>masksOf(load<u32>(table + tWidth), flips) << 2)
  let out = ranges
  for (; mask < end; mask += 4) {
    const bucket = offsets + (<usize>(chunk ^ load<u32>(mask)) << 2)
    const range = load<u64>(bucket)
    store<u64>(out, range)
    out += <usize>(<u32>range != <u32>(range >> 32)) << 3
  }
  return out
}

/** The same through the bitmap: one bit says whether a bucket has rows, and only those that have go on to ranks and offsets. */
function probeRanked (table: usize, chunk: u32, flips: i32, ranges: usize, occupied: usize): usize {
  const bitmap: usize = load<u32>(table + tBitmap)
  const ranks: usize = load<u32>(table + tRanks)
  const offsets: usize = load<u32>(table + tOffsets)
  let mask: usize = load<u32>(table + tMasks)
  const end = mask + (<usize>masksOf(load<u32>(table + tWidth), flips) << 2)
  let last = occupied
  for (; mask < end; mask += 4) {
    const bucket = chunk ^ load<u32>(mask)
    store<u32>(last, bucket)
    last += <usize>((load<u32>(bitmap + (<usize>(bucket >> 5) << 2)) >> (bucket & 31)) & 1) << 2
  }
  let out = ranges
  for (let at = occupied; at < last; at += 4) {
    const bucket = load<u32>(at)
    const group = <usize>(bucket >> 6)
    const before = load<u64>(bitmap + (group << 3)) & ((<u64>1 << (bucket & 63)) - 1)
    const rank = load<u32>(ranks + (group << 2)) + <u32>popcnt(before)
    store<u64>(out, load<u64>(offsets + (<usize>rank << 2)))
    out += 8
  }
  return out
}

/** Fills the lane's ranges for every table in use and returns the number of candidates. */
function probe (base: usize, lane: usize): u32 {
  const tables = load<u32>(base + hTables)
  const ranked = load<u32>(base + hRanked) != 0
  const first = lane + lRanges
  let out = first
  for (let i: u32 = 0; i < tables; i++) {
    const flips = load<i32>(lane + lFlips + (<usize>i << 2))
    if (flips >= 0) {
      const table = base + hTable + <usize>i * tableBytes
      const chunk = bitsAt(lane + lQuery, load<u32>(table + tPosition), load<u32>(table + tWidth))
      out = ranked ? probeRanked(table, chunk, flips, out, lane + lBlock) : probeOffsets(table, chunk, flips, out)
    }
    store<u32>(lane + lRangeEnds + (<usize>i << 2), <u32>out)
  }
  let candidates: u32 = 0
  for (let at = first; at < out; at += 8) candidates += load<u32>(at, 4) - load<u32>(at)
  return candidates
}

/** True when an earlier table has found this row already: then the hit is not new. No set of visited rows is needed. */
function foundEarlier (base: usize, lane: usize, row: u32, table: u32): bool {
  const head: usize = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail: usize = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  const difference = lane + lDifference
  store<u64>(difference, load<u64>(head) ^ load<u64>(lane + lQuery))
  store<u64>(difference, load<u64>(head, 8) ^ load<u64>(lane + lQuery, 8), 8)
  store<u64>(difference, load<u64>(tail) ^ load<u64>(lane + lQuery, 16), 16)
  store<u64>(difference, load<u64>(tail, 8) ^ load<u64>(lane + lQuery, 24), 24)
  for (let i: u32 = 0; i < table; i++) {
    const other = base + hTable + <usize>i * tableBytes
    const bits = bitsAt(difference, load<u32>(other + tPosition), load<u32>(other + tWidth))
    if (<i32>popcnt(bits) <= load<i32>(lane + lFlips + (<usize>i << 2))) return true
  }
  return false
}

/** Looks at the gathered rows: the first half of each, then the whole of the few that are left. True when the search may stop. */
function verify (base: usize, lane: usize, radius: u32, table: u32, gathered: usize): bool {
  const heads: usize = load<u32>(base + hHeads)
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  let out = lane + lSurvivors
  for (let at = lane + lBlock; at < gathered; at += 4) {
    const row = load<u32>(at)
    const head = heads + (<usize>row << 4)
    store<u32>(out, row)
    out += <usize>(<u32>(popcnt(load<u64>(head) ^ query0) + popcnt(load<u64>(head, 8) ^ query1)) <= radius) << 2
  }
  for (let at = lane + lSurvivors; at < out; at += 4) {
    const row = load<u32>(at)
    const distance = distanceOf(base, lane, row)
    if (distance > radius || foundEarlier(base, lane, row, table)) continue
    if (emitRow(base, lane, row, distance)) return true
  }
  return false
}

/** Gathers and verifies the candidates of one table, a block at a time. True when the search may stop. */
function searchTable (base: usize, lane: usize, radius: u32, table: u32, from: usize, to: usize): bool {
  const numberBytes: usize = load<u32>(base + hRowNumberBytes)
  const numberMask: u32 = numberBytes == 3 ? 0xffffff : 0xffffffff
  const numbers: usize = load<u32>(base + hTable + <usize>table * tableBytes + tRowNumbers)
  const full = lane + lBlock + (blockRows << 2)
  let out = lane + lBlock
  for (let range = from; range < to; range += 8) {
    let at = numbers + <usize>load<u32>(range) * numberBytes
    const end = numbers + <usize>load<u32>(range, 4) * numberBytes
    do {
      store<u32>(out, load<u32>(at) & numberMask)
      out += 4
      at += numberBytes
      if (out == full) {
        if (verify(base, lane, radius, table, out)) return true
        out = lane + lBlock
      }
    } while (at < end)
  }
  return verify(base, lane, radius, table, out)
}

/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012) with a flip limit for each table: when the limits plus one add up to the
 * radius plus one, no row within the radius can escape every table. More than `candidatesMax` candidates cost more than to
 * compare every row, and then that is done.
 */
export function search (base: usize, lane: usize, radius: u32, candidatesMax: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 0)
  const candidates = probe(base, lane)
  store<u32>(lane + lCandidates, candidates)
  if (candidates > candidatesMax) {
    scan(base, lane, radius)
    return
  }
  const tables = load<u32>(base + hTables)
  let from = lane + lRanges
  for (let i: u32 = 0; i < tables; i++) {
    const to: usize = load<u32>(lane + lRangeEnds + (<usize>i << 2))
    if (to > from && searchTable(base, lane, radius, i, from, to)) return
    from = to
  }
}
