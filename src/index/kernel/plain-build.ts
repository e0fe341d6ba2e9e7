import { bucketOf, nextOf } from './buckets'
import { hNumberBytes, hRows, hTable, plainNextBits, tNext, tOffsets, tRowNumbers, tWidth, tableBytes } from './layout'
import { emptyByte, writeNumber } from './numbers'

/** Rows whose next bits fill a cache line. */
const lineRows: u32 = 32

/** Where the next bucket with so many rows starts: one that fits into a line of `line` rows does not cross the end of one. */
// @ts-ignore: decorator
@inline
function startOf (place: u32, rows: u32, line: u32): u32 {
  return rows <= line && (place & (line - 1)) + rows > line ? (place + line - 1) & ~(line - 1) : place
}

/** The places that the buckets take, given how many rows each has. */
function countPlaces (offsets: usize, end: usize): u32 {
  let place: u32 = 0
  for (; offsets < end; offsets += 4) place = startOf(place, load<u32>(offsets), lineRows) + load<u32>(offsets)
  return place
}

/**
 * Makes of the number of rows of each bucket the place behind its last one, and returns the place behind all. Before a bucket that would
 * cross the end of a line some places stay empty, unless half as many as there are rows would: then lines do not matter.
 */
function placeBuckets (offsets: usize, end: usize, rows: u32): u32 {
  const line = countPlaces(offsets, end) <= rows + rows / 2 ? lineRows : 1
  let place: u32 = 0
  for (; offsets < end; offsets += 4) {
    const own = load<u32>(offsets)
    place = startOf(place, own, line) + own
    store<u32>(offsets, place)
  }
  store<u32>(offsets, place)
  return place
}

/** Builds plain table `index` at `out`. Needs no scratch: while rows are placed, last ones first, the offsets are the cursors. */
export function buildPlain (base: usize, index: u32, out: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const rows = load<u32>(base + hRows)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const offsetsEnd = out + (<usize>4 << load<u32>(table + tWidth))
  memory.fill(out, 0, offsetsEnd - out)
  for (let row: u32 = 0; row < rows; row++) {
    const count = out + (<usize>bucketOf(base, table, row) << 2)
    store<u32>(count, load<u32>(count) + 1)
  }
  const places: usize = placeBuckets(out, offsetsEnd, rows)
  const next = (offsetsEnd + 4 + 63) & ~63
  const numbers = next + (places << 1)
  memory.fill(numbers, <u8>emptyByte, places * numberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const cursor = out + (<usize>bucketOf(base, table, row) << 2)
    const place = load<u32>(cursor) - 1
    store<u32>(cursor, place)
    store<u16>(next + (<usize>place << 1), <u16>nextOf(base, table, row, plainNextBits))
    writeNumber(numbers + <usize>place * numberBytes, row, numberBytes)
  }
  store<u32>(table + tOffsets, <u32>out)
  store<u32>(table + tNext, <u32>next)
  store<u32>(table + tRowNumbers, <u32>numbers)
  // Next bits are read by eights, and a number of three bytes with the byte behind it.
  return (numbers + places * numberBytes + 16 + 7) & ~7
}
