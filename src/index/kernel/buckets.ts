import { hHeads, hTails, tPosition, tWidth } from './layout'

/** `width` (at most 25) bits of a row, which lies in two halves, from bit `position` on; after the last bit comes the first. */
function bitsOfRow (base: usize, row: u32, position: u32, width: u32): u32 {
  const head = <usize>load<u32>(base + hHeads) + (<usize>row << 4)
  const tail = <usize>load<u32>(base + hTails) + (<usize>row << 4)
  const mask: u32 = (1 << width) - 1
  if (position + width <= 128) return (load<u32>(head + (position >> 3)) >> (position & 7)) & mask
  if (position < 128) return <u32>((load<u64>(head, 8) >> (position - 64)) | (load<u64>(tail) << (128 - position))) & mask
  if (position + width <= 256) return (load<u32>(tail + ((position - 128) >> 3)) >> (position & 7)) & mask
  return <u32>((load<u64>(tail, 8) >> (position - 192)) | (load<u64>(head) << (256 - position))) & mask
}

/** The bucket of a row in a table. */
export function bucketOf (base: usize, table: usize, row: u32): u32 {
  return bitsOfRow(base, row, load<u32>(table + tPosition), load<u32>(table + tWidth))
}

/** So many bits of a row that follow those of its bucket. */
export function nextOf (base: usize, table: usize, row: u32, nextBits: u32): u32 {
  return bitsOfRow(base, row, (load<u32>(table + tPosition) + load<u32>(table + tWidth)) & 255, nextBits)
}
