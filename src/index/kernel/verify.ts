import { emitRow } from './hits'
import { hHeads, hTails, lDifference, lQuery, lReach, lTouched } from './layout'
import { finds } from './ring'
import { distanceOf } from './scan'

/** A gathered row and the number of the table that gave it: 28 bits and 4. */
export const rowBits: u32 = 28
export const rowMask: u32 = (1 << 28) - 1

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
    if (finds(base, lane, i)) return true
  }
  return false
}

/**
 * Looks at the gathered rows from `at` on: the first half of each, then the whole of the few that are left. True when the search may
 * stop. The heads lie all over the memory, so each is touched before the first of them is needed: a bare load lets the processor have
 * many more of them on the way than it can when work follows each (WebAssembly has no prefetch).
 */
export function verify (base: usize, lane: usize, radius: u32, at: usize, gathered: usize): bool {
  const heads: usize = load<u32>(base + hHeads)
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  // Rows are touched by fours; the last four may need filling up.
  store<u64>(gathered, 0)
  store<u32>(gathered, 0, 8)
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
