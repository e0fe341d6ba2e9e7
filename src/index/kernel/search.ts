import { emitRow } from './hits'
import {
  blockRows, hHeads, hRowNumberBytes, hTable, hTables, hTails, lBlock, lCandidates, lDifference, lFlips, lHits, lQuery, lRangeEnds,
  lRanges, lReach, lScanned, lTouched, tPosition, tRowNumbers, tWidth, tableBytes
} from './layout'
import { bitsAt, probe } from './probe'
import { distanceOf, scan } from './scan'

/** A gathered row and the number of the table that gave it: 28 bits and 4. */
const rowBits: u32 = 28
const rowMask: u32 = (1 << 28) - 1

/** Rows that are touched before they are looked at: their heads fill half of a first-level cache. */
const touchRows: usize = 512

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

/**
 * Looks at the gathered rows: the first half of each, then the whole of the few that are left. True when the search may stop.
 * The heads lie all over the memory, so each is touched before the first of them is needed: a bare load lets the processor have
 * many more of them on the way than it can when work follows each (WebAssembly has no prefetch).
 */
function verify (base: usize, lane: usize, radius: u32, gathered: usize): bool {
  const heads: usize = load<u32>(base + hHeads)
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  // Rows are touched by fours; the last four may need filling up.
  store<u64>(gathered, 0)
  store<u32>(gathered, 0, 8)
  let at = lane + lBlock
  while (at < gathered) {
    const last = min<usize>(at + (touchRows << 2), gathered)
    let touched: u32 = 0
    for (let touch = at; touch < last; touch += 16) {
      touched += load<u8>(heads + (<usize>(load<u32>(touch) & rowMask) << 4))
      touched += load<u8>(heads + (<usize>(load<u32>(touch, 4) & rowMask) << 4))
      touched += load<u8>(heads + (<usize>(load<u32>(touch, 8) & rowMask) << 4))
      touched += load<u8>(heads + (<usize>(load<u32>(touch, 12) & rowMask) << 4))
    }
    store<u32>(lane + lTouched, touched)
    for (; at < last; at += 4) {
      const row = load<u32>(at) & rowMask
      const head = heads + (<usize>row << 4)
      if (<u32>(popcnt(load<u64>(head) ^ query0) + popcnt(load<u64>(head, 8) ^ query1)) > radius) continue
      const distance = distanceOf(base, lane, row)
      if (distance > load<u32>(lane + lReach) || foundEarlier(base, lane, row, load<u32>(at) >> rowBits)) continue
      if (emitRow(base, lane, row, distance)) return true
    }
  }
  return false
}

/**
 * Gathers the row numbers of all ranges and verifies them, a block at a time. The numbers are touched before they are copied:
 * a store that waits for its value holds a place in the store queue, which is much shorter than the queue of loads. Most ranges
 * have one row or two, so two are always written, and kept or not without a branch.
 */
function gather (base: usize, lane: usize, radius: u32): void {
  const tables = load<u32>(base + hTables)
  const numberBytes: usize = load<u32>(base + hRowNumberBytes)
  const numberMask: u32 = numberBytes == 3 ? 0xffffff : rowMask
  let range = lane + lRanges
  let touched: u32 = 0
  for (let table: u32 = 0; table < tables; table++) {
    const numbers: usize = load<u32>(base + hTable + <usize>table * tableBytes + tRowNumbers)
    const end: usize = load<u32>(lane + lRangeEnds + (<usize>table << 2))
    for (; range < end; range += 8) touched += load<u8>(numbers + <usize>load<u32>(range) * numberBytes)
  }
  store<u32>(lane + lTouched, touched)
  const full = lane + lBlock + ((blockRows - 2) << 2)
  let out = lane + lBlock
  range = lane + lRanges
  for (let table: u32 = 0; table < tables; table++) {
    const numbers: usize = load<u32>(base + hTable + <usize>table * tableBytes + tRowNumbers)
    const end: usize = load<u32>(lane + lRangeEnds + (<usize>table << 2))
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
          if (verify(base, lane, radius, out)) return
          out = lane + lBlock
        }
        store<u32>(out, (load<u32>(at) & numberMask) | tag)
        out += 4
      }
      if (out >= full) {
        if (verify(base, lane, radius, out)) return
        out = lane + lBlock
      }
    }
  }
  verify(base, lane, radius, out)
}

/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012) with a flip limit for each table: when the limits plus one add up to the
 * radius plus one, no row within the radius can escape every table. More than `candidatesMax` candidates cost more than to
 * compare every row, and then that is done.
 */
export function search (base: usize, lane: usize, radius: u32, candidatesMax: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 0)
  store<u32>(lane + lReach, radius)
  const candidates = probe(base, lane)
  store<u32>(lane + lCandidates, candidates)
  if (candidates > candidatesMax) scan(base, lane, radius)
  else gather(base, lane, radius)
}
