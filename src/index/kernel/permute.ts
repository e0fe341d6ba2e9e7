/** Bytes of what one half byte sets: a whole value. */
const valueBytes: usize = 32
const halfContents: usize = 16

/**
 * Moves the bits of the 32 bytes at `value` and writes them at `out`. `table` says, for each of the 64 half bytes and each of its
 * 16 contents, which bits it sets: 32 bytes each.
 */
export function permute (table: usize, value: usize, out: usize): void {
  let first = i64x2.splat(0)
  let last = i64x2.splat(0)
  for (const end = value + valueBytes; value < end; value++) {
    const byte: usize = load<u8>(value)
    const low = table + (byte & 15) * valueBytes
    const high = table + (halfContents + (byte >> 4)) * valueBytes
    first = v128.or(first, v128.or(v128.load(low), v128.load(high)))
    last = v128.or(last, v128.or(v128.load(low, 16), v128.load(high, 16)))
    table += 2 * halfContents * valueBytes
  }
  v128.store(out, first)
  v128.store(out, last, 16)
}
