import { emitRow } from './hits'
import { blockRows, hHeads, hRows, hTails, lHits, lQuery, lScanned, lSurvivors } from './layout'

/** The whole distance of a row, given the two 64-bit words of its first half and of its last. */
// @ts-ignore: decorator
@inline
export function distanceOf (base: usize, lane: usize, row: u32): u32 {
  const head: usize = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail: usize = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  return <u32>(popcnt(load<u64>(head) ^ load<u64>(lane + lQuery)) + popcnt(load<u64>(head, 8) ^ load<u64>(lane + lQuery, 8)) +
    popcnt(load<u64>(tail) ^ load<u64>(lane + lQuery, 16)) + popcnt(load<u64>(tail, 8) ^ load<u64>(lane + lQuery, 24)))
}

/**
 * Compares the query with every row: the search of a row block, and the bound of the worst case elsewhere. Only the first 128
 * bits of a row are read unless they alone are within the radius.
 */
export function scan (base: usize, lane: usize, radius: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 1)
  const rows = atomic.load<u32>(base + hRows)
  const heads: usize = load<u32>(base + hHeads)
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  const survivors = lane + lSurvivors
  for (let first: u32 = 0; first < rows; first += blockRows) {
    const last = min<u32>(first + blockRows, rows)
    let out = survivors
    let head = heads + (<usize>first << 4)
    for (let row = first; row < last; row++) {
      store<u32>(out, row)
      out += <usize>(<u32>(popcnt(load<u64>(head) ^ query0) + popcnt(load<u64>(head, 8) ^ query1)) <= radius) << 2
      head += 16
    }
    for (let at = survivors; at < out; at += 4) {
      const row = load<u32>(at)
      const distance = distanceOf(base, lane, row)
      if (distance <= radius && emitRow(base, lane, row, distance)) return
    }
  }
}
