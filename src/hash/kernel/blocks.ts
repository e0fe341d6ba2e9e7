import { blocks } from './sizes'

/** One block along one axis: u32 start and end of its whole samples (the one after the last), then f64 shares of the samples before and at the end. */
const sStart: usize = 0
const sEnd: usize = 4
const sBefore: usize = 8
const sAfter: usize = 16
const stretchBytes: usize = 24

/** Sums of red, green and blue of the pixels of each block, 16 x 16 at `sums`. `row` has room for 16. */
export function blockSums (pixels: usize, width: i32, height: i32, across: usize, down: usize, row: usize, sums: usize): void {
  memory.fill(sums, 0, <usize>(blocks * blocks) << 3)
  for (let i = 0; i < blocks; i++, down += stretchBytes, sums += <usize>blocks << 3) {
    const start = load<i32>(down, sStart)
    const end = load<i32>(down, sEnd)
    addRow(pixels, width, max(0, start - 1), load<f64>(down, sBefore), across, row, sums)
    for (let y = start; y < end; y++) addRow(pixels, width, y, 1, across, row, sums)
    addRow(pixels, width, min(height - 1, end), load<f64>(down, sAfter), across, row, sums)
  }
}

function addRow (pixels: usize, width: i32, y: i32, share: f64, across: usize, row: usize, sums: usize): void {
  if (share == 0) return
  readRow(pixels + <usize>(y * width * 3), width, across, row)
  for (let at: usize = 0; at < <usize>blocks << 3; at += 16) {
    v128.store(sums + at, f64x2.add(v128.load(sums + at), f64x2.mul(f64x2.splat(share), v128.load(row + at))))
  }
}

function readRow (pixels: usize, width: i32, across: usize, row: usize): void {
  for (let j = 0; j < blocks; j++, across += stretchBytes, row += 8) {
    const start = load<i32>(across, sStart)
    const end = load<i32>(across, sEnd)
    const before = load<f64>(across, sBefore)
    const after = load<f64>(across, sAfter)
    let sum: f64 = end > start ? <f64>byteSum(pixels + <usize>(3 * start), 3 * (end - start)) : 0
    if (before > 0) sum += before * pixelSum(pixels, max(0, start - 1))
    if (after > 0) sum += after * pixelSum(pixels, min(width - 1, end))
    store<f64>(row, sum)
  }
}

// @ts-ignore: decorator
@inline
function pixelSum (pixels: usize, x: i32): f64 {
  const at = pixels + <usize>(3 * x)
  return <f64>(<i32>load<u8>(at) + <i32>load<u8>(at, 1) + <i32>load<u8>(at, 2))
}

/** The sum of `count` bytes; up to 15 more are read. */
// @ts-ignore: decorator
@inline
function byteSum (at: usize, count: i32): i32 {
  let sums = i32x4.splat(0)
  for (; count >= 16; count -= 16, at += 16) sums = i32x4.add(sums, wide(v128.load(at)))
  if (count > 0) {
    const wanted = i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>count))
    sums = i32x4.add(sums, wide(v128.and(v128.load(at), wanted)))
  }
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
}

/** 16 bytes as four sums of four. */
// @ts-ignore: decorator
@inline
function wide (bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes))
}
