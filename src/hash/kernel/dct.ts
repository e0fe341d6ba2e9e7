import { frequencies, lineBytes, side } from './sizes'

/** A cosine row is its own mirror image, with the sign turned for odd frequencies, so lines are folded: half the multiplications. */
const half: i32 = side / 2

/**
 * The 16 x 16 lowest frequencies, without the mean, of the filtered 64 x 64 picture, row by row.
 * @param cosines the left halves of the rows of the frequencies 1 to 16
 * @param scratch room for 2 x 32 vectors and 16 lines
 */
export function dct (filtered: usize, cosines: usize, scratch: usize, coefficients: usize): void {
  const lines = scratch + 2 * half * 16
  for (let column: usize = 0; column < lineBytes; column += 16) columnFrequencies(filtered + column, cosines, scratch, lines + column)
  for (let i = 0; i < frequencies; i++) {
    lineFrequencies(lines + <usize>i * lineBytes, cosines, scratch, coefficients + (<usize>i * frequencies << 3))
  }
}

/** Two columns at a time. */
function columnFrequencies (column: usize, cosines: usize, folded: usize, out: usize): void {
  const differences = folded
  const sums = folded + half * 16
  for (let y = 0, to: usize = 0; y < half; y++, to += 16) {
    const upper = v128.load(column + <usize>y * lineBytes)
    const lower = v128.load(column + <usize>(side - 1 - y) * lineBytes)
    v128.store(differences + to, f64x2.sub(upper, lower))
    v128.store(sums + to, f64x2.add(upper, lower))
  }
  for (let i = 0; i < frequencies; i++, out += lineBytes) {
    let at = (i & 1) == 0 ? differences : sums
    // Four sums that do not wait for each other.
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    let c = f64x2.splat(0)
    let d = f64x2.splat(0)
    for (const end = at + half * 16; at < end; at += 64, cosines += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load64_splat(cosines), v128.load(at)))
      b = f64x2.add(b, f64x2.mul(v128.load64_splat(cosines, 8), v128.load(at, 16)))
      c = f64x2.add(c, f64x2.mul(v128.load64_splat(cosines, 16), v128.load(at, 32)))
      d = f64x2.add(d, f64x2.mul(v128.load64_splat(cosines, 24), v128.load(at, 48)))
    }
    v128.store(out, f64x2.add(f64x2.add(a, b), f64x2.add(c, d)))
  }
}

function lineFrequencies (line: usize, cosines: usize, folded: usize, out: usize): void {
  const differences = folded
  const sums = folded + half * 8
  for (let x = 0, to: usize = 0; x < half; x++, to += 8) {
    const left = load<f64>(line + to)
    const right = load<f64>(line + lineBytes - 8 - to)
    store<f64>(differences + to, left - right)
    store<f64>(sums + to, left + right)
  }
  for (let j = 0; j < frequencies; j++, out += 8) {
    let at = (j & 1) == 0 ? differences : sums
    let a = f64x2.splat(0)
    let b = f64x2.splat(0)
    for (const end = at + half * 8; at < end; at += 32, cosines += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load(cosines), v128.load(at)))
      b = f64x2.add(b, f64x2.mul(v128.load(cosines, 16), v128.load(at, 16)))
    }
    const both = f64x2.add(a, b)
    store<f64>(out, f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1))
  }
}
