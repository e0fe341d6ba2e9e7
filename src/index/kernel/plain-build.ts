import { bucketOf, nextOf } from './buckets'
import { hNumberBytes, hRows, hTable, plainNextBits, tNext, tOffsets, tRowNumbers, tWidth, tableBytes } from './layout'
import { writeNumber } from './numbers'

/** Builds plain table `index` at `out`. Needs no scratch: while rows are placed, bucket b + 1 holds the cursor of b. */
export function buildPlain (base: usize, index: u32, out: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const rows = load<u32>(base + hRows)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const buckets: u32 = 1 << load<u32>(table + tWidth)
  const cursors = out + 4
  memory.fill(out, 0, (<usize>buckets << 2) + 4)
  for (let row: u32 = 0; row < rows; row++) {
    const count = cursors + (<usize>bucketOf(base, table, row) << 2)
    store<u32>(count, load<u32>(count) + 1)
  }
  let before: u32 = 0
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const cursor = cursors + (<usize>bucket << 2)
    const count = load<u32>(cursor)
    store<u32>(cursor, before)
    before += count
  }
  const next = cursors + (<usize>buckets << 2)
  const numbers = next + (<usize>rows << 1)
  for (let row: u32 = 0; row < rows; row++) {
    const cursor = cursors + (<usize>bucketOf(base, table, row) << 2)
    const place = load<u32>(cursor)
    store<u32>(cursor, place + 1)
    store<u16>(next + (<usize>place << 1), <u16>nextOf(base, table, row, plainNextBits))
    writeNumber(numbers + <usize>place * numberBytes, row, numberBytes)
  }
  store<u32>(table + tOffsets, <u32>out)
  store<u32>(table + tNext, <u32>next)
  store<u32>(table + tRowNumbers, <u32>numbers)
  // Next bits are read by eights, and a number of three bytes with the byte behind it.
  return (numbers + <usize>rows * numberBytes + 16 + 7) & ~7
}
