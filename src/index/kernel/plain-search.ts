import { chunkOf, masksOf } from './chunks'
import {
  blockRows, hNumberBytes, hTable, hTables, lBlock, lEnds, lFlips, lRanges, lTouched, tMasks, tOffsets, tRowNumbers, tWidth, tableBytes
} from './layout'
import { rowBits, rowMask, verify } from './verify'

/**
 * Appends the non-empty ranges of the buckets within `flips` of the chunk; without branches, because half of
 * them are empty, and touched first (see `gatherPlain` for the reason).
 */
function probeTable (lane: usize, table: usize, chunk: u32, flips: i32, ranges: usize): usize {
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

/** Fills the lane's ranges for every table in use and returns the number of candidates. */
export function probePlain (base: usize, lane: usize): u32 {
  const tables = load<u32>(base + hTables)
  const first = lane + lRanges
  let out = first
  for (let i: u32 = 0; i < tables; i++) {
    const table = base + hTable + <usize>i * tableBytes
    const flips = load<i32>(lane + lFlips + (<usize>i << 2))
    if (flips >= 0) out = probeTable(lane, table, chunkOf(lane, table), flips, out)
    store<u32>(lane + lEnds + (<usize>i << 2), <u32>out)
  }
  let candidates: u32 = 0
  for (let at = first; at < out; at += 8) candidates += load<u32>(at, 4) - load<u32>(at)
  return candidates
}

/**
 * Gathers the row numbers of all ranges and verifies them, a block at a time. The numbers are touched before they are copied:
 * a store that waits for its value holds a place in the store queue, which is much shorter than the queue of loads. Most ranges
 * have one row or two, so two are always written, and kept or not without a branch.
 */
export function gatherPlain (base: usize, lane: usize, radius: u32): void {
  const tables = load<u32>(base + hTables)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const numberMask: u32 = numberBytes == 3 ? 0xffffff : rowMask
  let range = lane + lRanges
  let touched: u32 = 0
  for (let table: u32 = 0; table < tables; table++) {
    const numbers: usize = load<u32>(base + hTable + <usize>table * tableBytes + tRowNumbers)
    const end: usize = load<u32>(lane + lEnds + (<usize>table << 2))
    for (; range < end; range += 8) touched += load<u8>(numbers + <usize>load<u32>(range) * numberBytes)
  }
  store<u32>(lane + lTouched, touched)
  const full = lane + lBlock + ((blockRows - 2) << 2)
  let out = lane + lBlock
  range = lane + lRanges
  for (let table: u32 = 0; table < tables; table++) {
    const numbers: usize = load<u32>(base + hTable + <usize>table * tableBytes + tRowNumbers)
    const end: usize = load<u32>(lane + lEnds + (<usize>table << 2))
    for (; range < end; range += 8) {
      let at = numbers + <usize>load<u32>(range) * numberBytes
      const last = numbers + <usize>load<u32>(range, 4) * numberBytes
      const tag = table << rowBits
      store<u32>(out, (load<u32>(at) & numberMask) | tag)
      store<u32>(out, (load<u32>(at + numberBytes) & numberMask) | tag, 4)
      at += numberBytes << 1
      out += at > last ? 4 : 8
      for (; at < last; at += numberBytes) {
        if (out >= full) {
          if (verify(base, lane, radius, lane + lBlock, out)) return
          out = lane + lBlock
        }
        store<u32>(out, (load<u32>(at) & numberMask) | tag)
        out += 4
      }
      if (out >= full) {
        if (verify(base, lane, radius, lane + lBlock, out)) return
        out = lane + lBlock
      }
    }
  }
  verify(base, lane, radius, lane + lBlock, out)
}
