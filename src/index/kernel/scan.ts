import { emitRow } from './hits'
import { blockRows, hHeads, hRows, hTails, lBlock, lHits, lQuery, lScanned } from './layout'

/** The whole distance of a row, given the two 64-bit words of its first half and of its last. */
// @ts-ignore: decorator
@inline
export function distanceOf (base: usize, lane: usize, row: u32): u32 {
  const head: usize = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail: usize = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  return <u32>(popcnt(load<u64>(head) ^ load<u64>(lane + lQuery)) + popcnt(load<u64>(head, 8) ^ load<u64>(lane + lQuery, 8)) +
    popcnt(load<u64>(tail) ^ load<u64>(lane + lQuery, 16)) + popcnt(load<u64>(tail, 8) ^ load<u64>(lane + lQuery, 24)))
}

/** Above this radius so many rows get past their first half that a branch for each is guessed wrong too often. */
const guessedRadiusMax: u32 = 48

/** Differing bits in the first half of the row at `head`. */
// @ts-ignore: decorator
@inline
function halfDistance (head: usize, query0: u64, query1: u64): u32 {
  return <u32>(popcnt(load<u64>(head) ^ query0) + popcnt(load<u64>(head, 8) ^ query1))
}

/** Hands out the rows from `first` on that are within the radius. True when the search may stop. */
function emitClose (base: usize, lane: usize, radius: u32, first: u32, end: u32): bool {
  for (let row = first; row < end; row++) {
    const distance = distanceOf(base, lane, row)
    if (distance <= radius && emitRow(base, lane, row, distance)) return true
  }
  return false
}

/** Four rows at a time; the branch for them is nearly always guessed right. */
function scanGuessed (base: usize, lane: usize, radius: u32, rows: u32): void {
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  const fours = rows & ~3
  let head: usize = load<u32>(base + hHeads)
  for (let row: u32 = 0; row < fours; row += 4, head += 64) {
    const near = min(
      min(halfDistance(head, query0, query1), halfDistance(head + 16, query0, query1)),
      min(halfDistance(head + 32, query0, query1), halfDistance(head + 48, query0, query1))
    )
    if (near <= radius && emitClose(base, lane, radius, row, row + 4)) return
  }
  emitClose(base, lane, radius, fours, rows)
}

/** A block of rows at a time: first those that may be close are noted, without branches, then they are looked at. */
function scanNoted (base: usize, lane: usize, radius: u32, rows: u32): void {
  const heads: usize = load<u32>(base + hHeads)
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  const noted = lane + lBlock
  for (let first: u32 = 0; first < rows; first += blockRows) {
    const last = min<u32>(first + blockRows, rows)
    let out = noted
    let head = heads + (<usize>first << 4)
    for (let row = first; row < last; row++) {
      store<u32>(out, row)
      out += <usize>(halfDistance(head, query0, query1) <= radius) << 2
      head += 16
    }
    for (let at = noted; at < out; at += 4) {
      const row = load<u32>(at)
      const distance = distanceOf(base, lane, row)
      if (distance <= radius && emitRow(base, lane, row, distance)) return
    }
  }
}

/**
 * Compares the query with every row: the search of a row block, and the bound of the worst case elsewhere. Only the first 128
 * bits of a row are read unless they alone are within the radius.
 */
export function scan (base: usize, lane: usize, radius: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 1)
  const rows = atomic.load<u32>(base + hRows)
  if (radius <= guessedRadiusMax) scanGuessed(base, lane, radius, rows)
  else scanNoted(base, lane, radius, rows)
}
