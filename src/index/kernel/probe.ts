import {
  hRanked, hTable, hTables, lFlips, lBlock, lQuery, lRangeEnds, lRanges, lTouched, tBitmap, tMasks, tOffsets, tPosition, tRanks, tWidth, tableBytes
} from './layout'

/** `width` (at most 25) bits from bit `position` of a 256-bit value that has 8 bytes of room behind it. */
// @ts-ignore: decorator
@inline
export function bitsAt (value: usize, position: u32, width: u32): u32 {
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

/**
 * Appends the non-empty ranges of the buckets within `flips` of the chunk; without branches, because half of
 * them are empty, and touched first (see `gather` for the reason).
 */
function probeOffsets (lane: usize, table: usize, chunk: u32, flips: i32, ranges: usize): usize {
  const offsets: usize = load<u32>(table + tOffsets)
  let mask: usize = load<u32>(table + tMasks)
  const end = mask + (<usize>masksOf(load<u32>(table + tWidth), flips) << 2)
  // By fours: behind the masks of a table lie others of as many bits, or the first few of another width, which are small.
  let touched: u32 = 0
  for (let at = mask; at < end; at += 16) {
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(at)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(at, 4)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(at, 8)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(at, 12)) << 2))
  }
  store<u32>(lane + lTouched, touched)
  let out = ranges
  for (; mask < end; mask += 4) {
    const bucket = offsets + (<usize>(chunk ^ load<u32>(mask)) << 2)
    const range = load<u64>(bucket)
    store<u64>(out, range)
    out += <usize>(<u32>range != <u32>(range >> 32)) << 3
  }
  return out
}

/**
 * The same through the bitmap: one bit says whether a bucket has rows, and only those that have go on to ranks and offsets. The
 * offsets are touched before they are copied (see `gather` for the reason).
 */
function probeRanked (lane: usize, table: usize, chunk: u32, flips: i32, ranges: usize): usize {
  const bitmap: usize = load<u32>(table + tBitmap)
  const ranks: usize = load<u32>(table + tRanks)
  const offsets: usize = load<u32>(table + tOffsets)
  const occupied = lane + lBlock
  let mask: usize = load<u32>(table + tMasks)
  const end = mask + (<usize>masksOf(load<u32>(table + tWidth), flips) << 2)
  let last = occupied
  for (; mask < end; mask += 4) {
    const bucket = chunk ^ load<u32>(mask)
    store<u32>(last, bucket)
    last += <usize>((load<u32>(bitmap + (<usize>(bucket >> 5) << 2)) >> (bucket & 31)) & 1) << 2
  }
  let touched: u32 = 0
  for (let at = occupied; at < last; at += 4) {
    const bucket = load<u32>(at)
    const group = <usize>(bucket >> 6)
    const before = load<u64>(bitmap + (group << 3)) & ((<u64>1 << (bucket & 63)) - 1)
    const rank = load<u32>(ranks + (group << 2)) + <u32>popcnt(before)
    store<u32>(at, rank)
    touched += load<u8>(offsets + (<usize>rank << 2))
  }
  store<u32>(lane + lTouched, touched)
  let out = ranges
  for (let at = occupied; at < last; at += 4) {
    store<u64>(out, load<u64>(offsets + (<usize>load<u32>(at) << 2)))
    out += 8
  }
  return out
}

/** Fills the lane's ranges for every table in use and returns the number of candidates. */
export function probe (base: usize, lane: usize): u32 {
  const tables = load<u32>(base + hTables)
  const ranked = load<u32>(base + hRanked) != 0
  const first = lane + lRanges
  let out = first
  for (let i: u32 = 0; i < tables; i++) {
    const flips = load<i32>(lane + lFlips + (<usize>i << 2))
    if (flips >= 0) {
      const table = base + hTable + <usize>i * tableBytes
      const chunk = bitsAt(lane + lQuery, load<u32>(table + tPosition), load<u32>(table + tWidth))
      out = ranked ? probeRanked(lane, table, chunk, flips, out) : probeOffsets(lane, table, chunk, flips, out)
    }
    store<u32>(lane + lRangeEnds + (<usize>i << 2), <u32>out)
  }
  let candidates: u32 = 0
  for (let at = first; at < out; at += 8) candidates += load<u32>(at, 4) - load<u32>(at)
  return candidates
}

