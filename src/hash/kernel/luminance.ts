/**
 * Luminance by ITU-R BT.601, in thousandths, as whole numbers: exact. A row of `width` RGB pixels gives `width` f64 values at `row`.
 * Four pixels at a time: up to three more are read and written than there are.
 */
// @ts-ignore: decorator
@inline
export function luminanceRow (pixels: usize, width: i32, row: usize): void {
  for (const end = row + (<usize>width << 3); row < end; row += 32, pixels += 12) {
    const four = v128.load(pixels)
    const redGreen = i8x16.swizzle(four, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1))
    const blue = i8x16.swizzle(four, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1))
    const sums = i32x4.add(
      i32x4.dot_i16x8_s(redGreen, i16x8(299, 587, 299, 587, 299, 587, 299, 587)),
      i32x4.dot_i16x8_s(blue, i16x8(114, 0, 114, 0, 114, 0, 114, 0))
    )
    v128.store(row, f64x2.convert_low_i32x4_s(sums))
    v128.store(row, f64x2.convert_low_i32x4_s(i32x4.shuffle(sums, sums, 2, 3, 0, 1)), 16)
  }
}

/** What the values are multiples of. */
export const luminanceScale: f64 = 1000
