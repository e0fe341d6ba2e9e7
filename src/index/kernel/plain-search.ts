import { chunkOf, masksOf, waysOf } from './chunks'
import {
  blockRows, flipsMax, hNumberBytes, hTable, hTables, lBlock, lFlips, lLimits, lNext, lRangeEnds, lRanges, lTouched, tMasks, tNext, tOffsets, tRowNumbers, tWidth,
  tableBytes
} from './layout'
import { numberMaskOf } from './numbers'
import { rowBits, rowMask, verify } from './verify'

/** Touches the offsets of the buckets that the masks up to `end` lead to (see `gatherPlain` for the reason). */
// @ts-ignore: decorator
@inline
function touchOffsets (offsets: usize, chunk: u32, mask: usize, end: usize): u32 {
  let touched: u32 = 0
  // By fours: behind the masks of a table lie others of as many bits, or the first few of another width, which are small.
  for (; mask < end; mask += 16) {
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(mask)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(mask, 4)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(mask, 8)) << 2))
    touched += load<u8>(offsets + (<usize>(chunk ^ load<u32>(mask, 12)) << 2))
  }
  return touched
}

/** Appends the non-empty ranges of the buckets within `flips` of the chunk, and notes their ends; without branches, because many of them are empty. */
function probeTable (lane: usize, table: usize, chunk: u32, flips: i32, ends: usize, out: usize): usize {
  const offsets: usize = load<u32>(table + tOffsets)
  const width = load<u32>(table + tWidth)
  let mask: usize = load<u32>(table + tMasks)
  store<u32>(lane + lTouched, touchOffsets(offsets, chunk, mask, mask + (<usize>masksOf(width, flips) << 2)))
  for (let turned = 0; turned <= flipsMax; turned++) {
    const end = mask + (turned <= flips ? <usize>waysOf(width, turned) << 2 : 0)
    for (; mask < end; mask += 4) {
      const range = load<u64>(offsets + (<usize>(chunk ^ load<u32>(mask)) << 2))
      store<u64>(out, range)
      out += <usize>(<u32>range != <u32>(range >> 32)) << 3
    }
    store<u32>(ends + (<usize>turned << 2), <u32>out)
  }
  return out
}

/** Fills the lane's ranges for every table in use and returns the number of candidates. */
export function probePlain (base: usize, lane: usize): u32 {
  const tables = load<u32>(base + hTables)
  const first = lane + lRanges
  let out = first
  for (let i: usize = 0; i < tables; i++) {
    const table = base + hTable + i * tableBytes
    out = probeTable(lane, table, chunkOf(lane, table), load<i32>(lane + lFlips + (i << 2)), lane + lRangeEnds + (i << 4), out)
  }
  let candidates: u32 = 0
  for (let at = first; at < out; at += 8) candidates += load<u32>(at, 4) - load<u32>(at)
  return candidates
}

/** Puts rows in the place of the noted places, which end at `out`, and verifies them. True when the search may stop. */
function verifyNoted (base: usize, lane: usize, radius: u32, out: usize): bool {
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const mask = numberMaskOf(numberBytes)
  let end = lane + lBlock
  for (let at = end; at < out; at += 4) {
    const noted = load<u32>(at)
    const numbers: usize = load<u32>(base + hTable + <usize>(noted >> rowBits) * tableBytes + tRowNumbers)
    const number = load<u32>(numbers + <usize>(noted & rowMask) * numberBytes) & mask
    store<u32>(end, number | (noted & ~rowMask))
    end += <usize>(number != mask) << 2
  }
  return verify(base, lane, radius, lane + lBlock, end)
}

/** Touches the next bits of each range; they seldom cross the end of a cache line (`plain-build.ts`). */
function touchNext (next: usize, range: usize, end: usize): u32 {
  let touched: u32 = 0
  for (; range < end; range += 8) touched += load<u8>(next + (<usize>load<u32>(range) << 1))
  return touched
}

/** Rows whose next bits are compared at once: 16 bytes. */
const nextAtOnce: u32 = 8

/** A bit for each of eight rows, the first of which has its next bits at `at`: whether it differs in at most so many of them. */
// @ts-ignore: decorator
@inline
function closeOnes (at: usize, next: v128, left: v128): u32 {
  const ones = i16x8.extadd_pairwise_i8x16_u(i8x16.popcnt(v128.xor(v128.load(at), next)))
  return <u32>i16x8.bitmask(i16x8.le_u(ones, left))
}

/** Notes the rows of the ranges up to `end` that may be close, for one table and one number of turned bits. Returns where they end, or 0 when the search may stop. */
function noteClose (base: usize, lane: usize, radius: u32, i: u32, left: u32, range: usize, end: usize, out: usize): usize {
  const nexts: usize = load<u32>(base + hTable + <usize>i * tableBytes + tNext)
  const next = i16x8.splat(<i16>load<u32>(lane + lNext + (<usize>i << 2)))
  const lefts = i16x8.splat(<i16>left)
  const tag = i << rowBits
  const full = lane + lBlock + (<usize>(blockRows - nextAtOnce) << 2)
  for (; range < end; range += 8) {
    const last = load<u32>(range, 4)
    for (let first = load<u32>(range); first < last;) {
      // Never across the end of a cache line: what lies there may not be in the range, and is not in the cache then.
      const before = <u32>max<i32>((<i32>(nexts + (<usize>first << 1)) & 63) - 48, 0) >> 1
      const from = first - before
      const close = closeOnes(nexts + (<usize>from << 1), next, lefts) >> before << before & ((1 << min(last - from, nextAtOnce)) - 1)
      for (let ones = close; ones != 0; ones &= ones - 1, out += 4) store<u32>(out, from + <u32>ctz(ones) | tag)
      first = from + nextAtOnce
      if (out < full) continue
      if (verifyNoted(base, lane, radius, out)) return 0
      out = lane + lBlock
    }
  }
  return out
}

/**
 * Notes the rows of all ranges that may be close, and verifies them, a block at a time. The next bits of a table are touched before they
 * are looked at: a bare load lets the processor have many more of them on the way than it can when work follows each.
 */
export function gatherPlain (base: usize, lane: usize, radius: u32): void {
  const tables = load<u32>(base + hTables)
  let out = lane + lBlock
  let range = lane + lRanges
  for (let i: u32 = 0; i < tables; i++) {
    const ends = lane + lRangeEnds + (<usize>i << 4)
    const limit = load<u32>(lane + lLimits + (<usize>i << 2))
    const nexts: usize = load<u32>(base + hTable + <usize>i * tableBytes + tNext)
    store<u32>(lane + lTouched, touchNext(nexts, range, load<u32>(ends, flipsMax << 2)))
    for (let turned = 0; turned <= flipsMax; turned++) {
      const end: usize = load<u32>(ends + (<usize>turned << 2))
      out = noteClose(base, lane, radius, i, limit - turned, range, end, out)
      if (out == 0) return
      range = end
    }
  }
  verifyNoted(base, lane, radius, out)
}
