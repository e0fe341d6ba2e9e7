/** PDQ keeps 16 x 16 frequencies, one bit each. */
export const dctSide = 16
const coefficientCount = dctSide * dctSide

/** The lower median: the 128th smallest of the 256 coefficients, as the reference takes it. */
export function lowerMedian (coefficients: Float64Array): number {
  const values = Float64Array.from(coefficients)
  const wanted = coefficientCount / 2 - 1
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0
    let left = low
    let right = high
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++
      while ((values[right] ?? 0) > pivot) right--
      if (left > right) break
      const swapped = values[left] ?? 0
      values[left++] = values[right] ?? 0
      values[right--] = swapped
    }
    if (wanted <= right) high = right
    else if (wanted >= left) low = left
    else break
  }
  return values[wanted] ?? 0
}

/**
 * Bit `16 i + j` is one where coefficient (i, j) is above the threshold. The hash text prints bit 255 first,
 * so the bytes run from the highest bits to the lowest.
 */
export function thresholdBits (coefficients: Float64Array, threshold: number): Uint8Array {
  const hash = new Uint8Array(coefficientCount / 8)
  for (let k = 0; k < coefficientCount; k++) {
    if ((coefficients[k] ?? 0) > threshold) {
      const byte = hash.length - 1 - (k >> 3)
      hash[byte] = (hash[byte] ?? 0) | (1 << (k & 7))
    }
  }
  return hash
}
