import { hHeads, hTails, tPosition, tWidth } from './layout'

/** The bucket of a row in a table: `width` (at most 25) bits from bit `position` of the row, which lies in two halves. */
export function bucketOf (base: usize, table: usize, row: u32): u32 {
  const position = load<u32>(table + tPosition)
  const width = load<u32>(table + tWidth)
  const head = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  const mask: u32 = (1 << width) - 1
  if (position + width <= 128) return (load<u32>(head + (position >> 3)) >> (position & 7)) & mask
  if (position >= 128) return (load<u32>(tail + ((position - 128) >> 3)) >> (position & 7)) & mask
  return <u32>((load<u64>(head, 8) >> (position - 64)) | (load<u64>(tail) << (128 - position))) & mask
}
