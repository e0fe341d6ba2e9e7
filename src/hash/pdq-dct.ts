import { filteredSide } from './pdq-filter.js'
import { dctSide } from './pdq-threshold.js'

const half = filteredSide / 2

/** The left halves of the cosine rows for the frequencies 1 to 16: row `i` at `i * half`. */
const cosines = Float64Array.from({ length: dctSide * half }, (_, k) => {
  const frequency = Math.floor(k / half) + 1
  const place = 2 * (k % half) + 1
  return Math.sqrt(2 / filteredSide) * Math.cos(Math.PI / (2 * filteredSide) * frequency * place)
})

/**
 * The 16 x 16 lowest frequencies, without the mean, of the filtered 64 x 64 picture; both row by row.
 * A cosine row is its own mirror image, with the sign turned for odd frequencies, so each line is folded into sums and
 * differences first: half the multiplications.
 */
export function dct (filtered: Float64Array): Float64Array {
  const sums = new Float64Array(half)
  const differences = new Float64Array(half)
  const rows = new Float64Array(dctSide * filteredSide)
  for (let y = 0; y < filteredSide; y++) {
    transformLine(filtered, y * filteredSide, sums, differences, rows, y, filteredSide)
  }
  const coefficients = new Float64Array(dctSide * dctSide)
  for (let j = 0; j < dctSide; j++) {
    transformLine(rows, j * filteredSide, sums, differences, coefficients, j, dctSide)
  }
  return coefficients
}

/** 64 samples from `source[from]` on give 16 frequencies at `target[to]`, `toStep` apart. */
function transformLine (
  source: Float64Array, from: number,
  sums: Float64Array, differences: Float64Array,
  target: Float64Array, to: number, toStep: number
): void {
  for (let x = 0; x < half; x++) {
    const left = source[from + x] ?? 0
    const right = source[from + filteredSide - 1 - x] ?? 0
    sums[x] = left + right
    differences[x] = left - right
  }
  for (let i = 0; i < dctSide; i++) {
    const folded = i % 2 === 0 ? differences : sums
    const row = i * half
    // Four sums that do not wait for each other: half the time of one.
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let x = 0; x < half; x += 4) {
      a += (cosines[row + x] ?? 0) * (folded[x] ?? 0)
      b += (cosines[row + x + 1] ?? 0) * (folded[x + 1] ?? 0)
      c += (cosines[row + x + 2] ?? 0) * (folded[x + 2] ?? 0)
      d += (cosines[row + x + 3] ?? 0) * (folded[x + 3] ?? 0)
    }
    target[to + i * toStep] = (a + b) + (c + d)
  }
}
