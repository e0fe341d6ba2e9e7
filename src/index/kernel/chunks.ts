import { lQuery, tPosition, tWidth } from './layout'

/** `width` (at most 25) bits from bit `position` of a 256-bit value that has 8 bytes of room behind it. */
// @ts-ignore: decorator
@inline
export function bitsAt (value: usize, position: u32, width: u32): u32 {
  return (load<u32>(value + (position >> 3)) >> (position & 7)) & ((1 << width) - 1)
}

/** The bucket of the query in a table. */
// @ts-ignore: decorator
@inline
export function chunkOf (lane: usize, table: usize): u32 {
  return bitsAt(lane + lQuery, load<u32>(table + tPosition), load<u32>(table + tWidth))
}

/** Ways to turn exactly `flips` (0 to 3) of `width` bits. */
// @ts-ignore: decorator
@inline
export function waysOf (width: u32, flips: i32): u32 {
  if (flips == 0) return 1
  if (flips == 1) return width
  if (flips == 2) return width * (width - 1) / 2
  return width * (width - 1) * (width - 2) / 6
}

/** Ways to turn at most `flips` of `width` bits: how many XOR masks there are; none for -1. */
// @ts-ignore: decorator
@inline
export function masksOf (width: u32, flips: i32): u32 {
  let masks: u32 = 0
  for (let turned = 0; turned <= flips; turned++) masks += waysOf(width, turned)
  return masks
}
