import { filteredSide, type AxisFilter } from './pdq-filter.js'
import type { Raster } from './raster.js'

/** Luminance by ITU-R BT.601, in thousandths: whole numbers take a third of the time of fractions, and are exact. */
const luminanceScale = 1000
const redWeight = 299
const greenWeight = 587
const blueWeight = 114

/** PDQ's luminance, blur and decimation of a raster: 64 x 64 samples, row by row. */
export class PdqBlur {
  /** What the last call gave. */
  readonly filtered = new Float64Array(filteredSide * filteredSide)
  /** The luminance of the raster whose data these are. */
  #data: Uint8Array | undefined
  #luminance = new Float64Array(0)
  #row = new Float64Array(0)

  /**
   * Leaves the samples in `filtered`. A raster is often hashed several ways, so its luminance is kept until another one comes:
   * its pixels must not change meanwhile.
   */
  blur (raster: Raster, across: AxisFilter, down: AxisFilter): void {
    this.#readLuminance(raster)
    for (let i = 0; i < filteredSide; i++) {
      this.#blurDown(raster.width, across, down, i)
      this.#blurAcross(across, i)
    }
  }

  #readLuminance ({ data, width, height, channels }: Raster): void {
    if (this.#data === data) return
    this.#data = data
    if (this.#luminance.length < width * height) this.#luminance = new Float64Array(width * height)
    if (this.#row.length < width) this.#row = new Float64Array(width)
    const luminance = this.#luminance
    const pixels = width * height
    if (channels === 1) {
      for (let i = 0; i < pixels; i++) luminance[i] = luminanceScale * (data[i] ?? 0)
      return
    }
    for (let i = 0, at = 0; i < pixels; i++, at += 3) {
      luminance[i] = redWeight * (data[at] ?? 0) + greenWeight * (data[at + 1] ?? 0) + blueWeight * (data[at + 2] ?? 0)
    }
  }

  /** One row of the decimated height, in the columns that `across` reads. */
  #blurDown (width: number, across: AxisFilter, { starts, taps, weights }: AxisFilter, i: number): void {
    const luminance = this.#luminance
    const row = this.#row
    const first = across.starts[0] ?? 0
    const end = (across.starts[filteredSide - 1] ?? 0) + across.taps
    row.fill(0, first, end)
    let from = (starts[i] ?? 0) * width
    let weight = i * taps
    const last = weight + taps
    // Four rows at a time: each sum is loaded and stored once for them.
    for (; weight + 3 < last; weight += 4, from += 4 * width) {
      const [a, b, c, d] = [weights[weight] ?? 0, weights[weight + 1] ?? 0, weights[weight + 2] ?? 0, weights[weight + 3] ?? 0]
      for (let x = first, at = from + first; x < end; x++, at++) {
        row[x] = (row[x] ?? 0) + a * (luminance[at] ?? 0) + b * (luminance[at + width] ?? 0) +
          c * (luminance[at + 2 * width] ?? 0) + d * (luminance[at + 3 * width] ?? 0)
      }
    }
    for (; weight < last; weight++, from += width) {
      const share = weights[weight] ?? 0
      if (share === 0) continue
      for (let x = first, at = from + first; x < end; x++, at++) row[x] = (row[x] ?? 0) + share * (luminance[at] ?? 0)
    }
  }

  #blurAcross ({ starts, taps, weights }: AxisFilter, i: number): void {
    let weight = 0
    for (let j = 0; j < filteredSide; j++) {
      let x = starts[j] ?? 0
      let total = 0
      for (const end = x + taps; x < end; x++, weight++) total += (this.#row[x] ?? 0) * (weights[weight] ?? 0)
      this.filtered[i * filteredSide + j] = total / luminanceScale
    }
  }
}
