import { luminanceRow, luminanceScale } from './luminance'
import { lineBytes, side } from './sizes'

/** Blurs every row of an RGB raster and decimates it to 64 samples, at `rows`. `row` has room for its luminance and 4 more. The stride of the weights is even. */
export function blurAcross (pixels: usize, width: i32, height: i32, starts: usize, stride: i32, weights: usize, row: usize, rows: usize): void {
  const tapBytes = <usize>stride << 3
  for (let y = 0; y < height; y++, pixels += 3 * width) {
    luminanceRow(pixels, width, row)
    // An even stride may read one sample more than there is, at weight 0.
    store<f64>(row + (<usize>width << 3), 0)
    let weight = weights
    for (let j = 0; j < side; j++, rows += 8) {
      let at = row + (<usize>load<i32>(starts + (<usize>j << 2)) << 3)
      let sums = f64x2.splat(0)
      for (const end = at + tapBytes; at < end; at += 16, weight += 16) {
        sums = f64x2.add(sums, f64x2.mul(v128.load(at), v128.load(weight)))
      }
      store<f64>(rows, f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1))
    }
  }
}

/** Blurs and decimates what `blurAcross` wrote to 64 lines: luminance from 0 to 255, 64 x 64. Eight columns at a time. */
export function blurDown (rows: usize, starts: usize, taps: i32, stride: i32, weights: usize, filtered: usize): void {
  const scale = f64x2.splat(luminanceScale)
  for (let i = 0; i < side; i++, weights += <usize>stride << 3) {
    const first = rows + <usize>load<i32>(starts + (<usize>i << 2)) * lineBytes
    const weightsEnd = weights + (<usize>taps << 3)
    for (let column: usize = 0; column < lineBytes; column += 64, filtered += 64) {
      let a = f64x2.splat(0)
      let b = f64x2.splat(0)
      let c = f64x2.splat(0)
      let d = f64x2.splat(0)
      for (let weight = weights, at = first + column; weight < weightsEnd; weight += 8, at += lineBytes) {
        const share = v128.load64_splat(weight)
        a = f64x2.add(a, f64x2.mul(share, v128.load(at)))
        b = f64x2.add(b, f64x2.mul(share, v128.load(at, 16)))
        c = f64x2.add(c, f64x2.mul(share, v128.load(at, 32)))
        d = f64x2.add(d, f64x2.mul(share, v128.load(at, 48)))
      }
      v128.store(filtered, f64x2.div(a, scale))
      v128.store(filtered, f64x2.div(b, scale), 16)
      v128.store(filtered, f64x2.div(c, scale), 32)
      v128.store(filtered, f64x2.div(d, scale), 48)
    }
  }
}
