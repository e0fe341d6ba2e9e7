import { emitRow } from './hits'
import { blockRows, hHeads, hRows, hTails, lBlock, lDistances, lHits, lQuery, lReach, lScanned } from './layout'

/** The whole distance of a row, given the two 64-bit words of its first half and of its last. */
// @ts-ignore: decorator
@inline
export function distanceOf (base: usize, lane: usize, row: u32): u32 {
  const head: usize = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail: usize = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  return <u32>(popcnt(load<u64>(head) ^ load<u64>(lane + lQuery)) + popcnt(load<u64>(head, 8) ^ load<u64>(lane + lQuery, 8)) +
    popcnt(load<u64>(tail) ^ load<u64>(lane + lQuery, 16)) + popcnt(load<u64>(tail, 8) ^ load<u64>(lane + lQuery, 24)))
}

/** When more of a block than one row in 64 was noted, the next block is taken without branches. */
const manyBytes: usize = blockRows / 64 * 4

/** Writes the row at `out`, where it stays if `stays`. */
// @ts-ignore: decorator
@inline
function note (out: usize, row: u32, stays: bool): usize {
  store<u32>(out, row)
  return out + (<usize>stays << 2)
}

/** Differing bits in the first half of the row at `head`. */
// @ts-ignore: decorator
@inline
function halfDistance (head: usize, query0: u64, query1: u64): u32 {
  return <u32>(popcnt(load<u64>(head) ^ query0) + popcnt(load<u64>(head, 8) ^ query1))
}

/** Notes the rows from `first` to `last` that may be within the radius; four at a time, and a branch that is nearly always guessed right. */
function noteFew (base: usize, lane: usize, radius: u32, first: u32, last: u32): usize {
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  let out = lane + lBlock
  let head: usize = <usize>load<u32>(base + hHeads) + (<usize>first << 4)
  for (let row = first; row < last; row += 4, head += 64) {
    const a = halfDistance(head, query0, query1)
    const b = halfDistance(head + 16, query0, query1)
    const c = halfDistance(head + 32, query0, query1)
    const d = halfDistance(head + 48, query0, query1)
    if (min(min(a, b), min(c, d)) > radius) continue
    out = note(note(note(note(out, row, a <= radius), row + 1, b <= radius), row + 2, c <= radius), row + 3, d <= radius)
  }
  return out
}

/** The same without the branch: for data of which so much is close that no guess is good. */
function noteMany (base: usize, lane: usize, radius: u32, first: u32, last: u32): usize {
  const query0 = load<u64>(lane + lQuery)
  const query1 = load<u64>(lane + lQuery, 8)
  let out = lane + lBlock
  let head: usize = <usize>load<u32>(base + hHeads) + (<usize>first << 4)
  for (let row = first; row < last; row++, head += 16) out = note(out, row, halfDistance(head, query0, query1) <= radius)
  return out
}

/** Of the noted rows, keeps those that are within reach, and notes their distances. */
function measure (base: usize, lane: usize, noted: usize): usize {
  const reach = load<u32>(lane + lReach)
  let out = lane + lBlock
  let distances = lane + lDistances
  for (let at = out; at < noted; at += 4) {
    const row = load<u32>(at)
    const distance = distanceOf(base, lane, row)
    store<u32>(distances, distance)
    distances += <usize>(distance <= reach) << 2
    out = note(out, row, distance <= reach)
  }
  return out
}

/**
 * Compares the query with every row: the search of a row block, and the bound of the worst case elsewhere. The last 128 bits of a
 * row are read only when the first 128 are within the radius. A block of rows at a time goes through three steps, so that the
 * cost of a row is bounded whatever the data: note what may be close, measure it, hand out what is.
 */
export function scan (base: usize, lane: usize, radius: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 1)
  store<u32>(lane + lReach, radius)
  const rows = atomic.load<u32>(base + hRows)
  const block = lane + lBlock
  let many = false
  for (let first: u32 = 0; first < rows; first += blockRows) {
    const last = min<u32>(first + blockRows, rows)
    const noted = many || (last & 3) != 0 ? noteMany(base, lane, radius, first, last) : noteFew(base, lane, radius, first, last)
    many = noted - block > manyBytes
    const close = measure(base, lane, noted)
    for (let at = block; at < close; at += 4) {
      if (emitRow(base, lane, load<u32>(at), load<u32>(at, lDistances - lBlock))) return
    }
  }
}
