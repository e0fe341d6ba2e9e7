import { bitsAt } from './chunks'
import {
  hSparse, hTable, hTables, lDifference, lFlips, lLimits, lNext, lQuery, plainNextBits, sparseNextBits, tPosition, tWidth, tableBytes
} from './layout'

// @ts-ignore: decorator
@inline
function nextAt (base: usize, value: usize, table: usize): u32 {
  const nextBits = load<u32>(base + hSparse) != 0 ? sparseNextBits : plainNextBits
  return bitsAt(value, load<u32>(table + tPosition) + load<u32>(table + tWidth), nextBits)
}

/**
 * Notes for each table which bits follow its chunk in the query, and how many bits may be turned in a chunk and the one after it. The limits
 * plus one add up to one more than the radius, so around the ring of chunks there is, for every row within the radius, one from which on
 * all partial sums of the turned bits stay below those of the limits plus one: the first of them says that the chunk is within its
 * limit, the second that it and the next one together turn fewer than both limits plus two (Qin, Xiao: Pigeonring, PVLDB 2018).
 */
export function closeQuery (base: usize, lane: usize): void {
  const tables = load<u32>(base + hTables)
  // The chunks form a ring: behind the last bits come the first.
  store<u64>(lane + lQuery, load<u64>(lane + lQuery), 32)
  for (let i: u32 = 0; i < tables; i++) {
    const flips = load<i32>(lane + lFlips + (<usize>i << 2))
    const after = load<i32>(lane + lFlips + (<usize>(i + 1 == tables ? 0 : i + 1) << 2))
    store<i32>(lane + lLimits + (<usize>i << 2), flips + after + 1)
    store<u32>(lane + lNext + (<usize>i << 2), nextAt(base, lane + lQuery, base + hTable + <usize>i * tableBytes))
  }
}

/** True when table `i`, which is not the last, finds the row that differs from the query as `lDifference` says. */
export function finds (base: usize, lane: usize, i: u32): bool {
  const table = base + hTable + <usize>i * tableBytes
  const turned = <i32>popcnt(bitsAt(lane + lDifference, load<u32>(table + tPosition), load<u32>(table + tWidth)))
  if (turned > load<i32>(lane + lFlips + (<usize>i << 2))) return false
  return turned + <i32>popcnt(nextAt(base, lane + lDifference, table)) <= load<i32>(lane + lLimits + (<usize>i << 2))
}
