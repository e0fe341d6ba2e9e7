import { KeersluisError } from '../errors.js'
import { filteredSide, type AxisFilter } from './pdq-filter.js'
import { assertRaster, type Raster } from './raster.js'

/** Luminance by ITU-R BT.601, in thousandths: whole numbers take a third of the time of fractions, and are exact. */
const luminanceScale = 1000
const redWeight = 299
const greenWeight = 587
const blueWeight = 114

/**
 * PDQ's luminance, blur and decimation of one raster after the other. A raster is hashed in several parts and orientations, so what
 * they share is kept until the next one is read: its luminance, and the vertical half of the blur for each way to read its rows. The
 * memory is kept for good, since to get and clear it anew takes as long as to fill it.
 */
export class PdqBlur {
  #raster: Raster | undefined
  #luminance = new Float64Array(0)
  readonly #blurredDown = new Map<AxisFilter, Float64Array>()
  readonly #unused: Float64Array[] = []

  /** Turns to a raster, which must not change until the next one. @throws KeersluisError `internal` when the raster is malformed. */
  read (raster: Raster): this {
    assertRaster(raster)
    this.#raster = raster
    const pixels = raster.width * raster.height
    if (this.#luminance.length < pixels) this.#luminance = new Float64Array(pixels)
    readLuminance(raster, this.#luminance)
    this.#unused.push(...this.#blurredDown.values())
    this.#blurredDown.clear()
    return this
  }

  /** The raster that was read last. */
  get raster (): Raster {
    if (this.#raster === undefined) throw new KeersluisError('internal', 'No raster was read.')
    return this.#raster
  }

  /** Writes 64 x 64 samples to `filtered`, row by row. */
  filter (across: AxisFilter, down: AxisFilter, filtered: Float64Array): void {
    const { width } = this.raster
    const rows = this.#blurredDown.get(down) ?? this.#blurDown(down)
    for (let i = 0; i < filteredSide; i++) blurAcross(rows, i * width, across, filtered, i * filteredSide)
  }

  #blurDown (down: AxisFilter): Float64Array {
    const { width } = this.raster
    const unused = this.#unused.pop()
    const rows = unused !== undefined && unused.length >= filteredSide * width ? unused : new Float64Array(filteredSide * width)
    blurDown(this.#luminance, width, down, rows)
    this.#blurredDown.set(down, rows)
    return rows
  }
}

function readLuminance ({ data, width, height, channels }: Raster, luminance: Float64Array): void {
  const pixels = width * height
  if (channels === 1) {
    for (let i = 0; i < pixels; i++) luminance[i] = luminanceScale * (data[i] ?? 0)
    return
  }
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    luminance[i] = redWeight * (data[at] ?? 0) + greenWeight * (data[at + 1] ?? 0) + blueWeight * (data[at + 2] ?? 0)
  }
}

/** Writes the 64 rows of the decimated height, at full width. */
function blurDown (luminance: Float64Array, width: number, { starts, taps, weights }: AxisFilter, rows: Float64Array): void {
  rows.fill(0)
  for (let i = 0; i < filteredSide; i++) {
    const first = i * width
    const end = first + width
    let from = (starts[i] ?? 0) * width
    let weight = i * taps
    const last = weight + taps
    // Four rows at a time: each sum is loaded and stored once for them.
    for (; weight + 3 < last; weight += 4, from += 4 * width) {
      const a = weights[weight] ?? 0
      const b = weights[weight + 1] ?? 0
      const c = weights[weight + 2] ?? 0
      const d = weights[weight + 3] ?? 0
      for (let to = first, at = from; to < end; to++, at++) {
        rows[to] = (rows[to] ?? 0) + a * (luminance[at] ?? 0) + b * (luminance[at + width] ?? 0) +
          c * (luminance[at + 2 * width] ?? 0) + d * (luminance[at + 3 * width] ?? 0)
      }
    }
    for (; weight < last; weight++, from += width) {
      const share = weights[weight] ?? 0
      for (let to = first, at = from; to < end; to++, at++) rows[to] = (rows[to] ?? 0) + share * (luminance[at] ?? 0)
    }
  }
}

function blurAcross (rows: Float64Array, from: number, { starts, taps, weights }: AxisFilter, filtered: Float64Array, to: number): void {
  let weight = 0
  for (let j = 0; j < filteredSide; j++) {
    let at = from + (starts[j] ?? 0)
    let total = 0
    for (const end = at + taps; at < end; at++, weight++) total += (rows[at] ?? 0) * (weights[weight] ?? 0)
    filtered[to + j] = total / luminanceScale
  }
}
