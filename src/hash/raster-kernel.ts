import { KeersluisError } from '../errors.js'
import { instantiateHashKernel } from './kernel-instance.js'
import { filteredSide, type AxisFilter } from './pdq-filter.js'
import { dctSide } from './pdq-threshold.js'
import { assertRaster, type Raster } from './raster.js'

/** Blockhash cuts each axis into this many blocks. */
export const blocksPerSide = 16

/** Where a block lies along one axis: its whole samples, and the shares of the samples that it cuts. */
export interface Stretch {
  /** The first whole sample, and the one after the last; `end` is smaller where the block lies inside one sample. */
  start: number
  end: number
  /** Shares of the samples before `start` and at `end`. */
  before: number
  after: number
}

const pageBytes = 65_536
const f64Bytes = 8
const stretchBytes = 24
const lineBytes = filteredSide * f64Bytes
/** The kernel reads and writes a little more than there is, and forgets it. */
const slackBytes = 32

/** The left halves of the cosine rows for the frequencies 1 to 16. */
const cosines = Float64Array.from({ length: dctSide * filteredSide / 2 }, (_, k) => {
  const frequency = Math.floor(k / (filteredSide / 2)) + 1
  const place = 2 * (k % (filteredSide / 2)) + 1
  return Math.sqrt(2 / filteredSide) * Math.cos(Math.PI / (2 * filteredSide) * frequency * place)
})

/** What lies at fixed places before the raster. */
const places = placesOf({
  cosines: cosines.byteLength,
  filtered: filteredSide * lineBytes,
  dctScratch: filteredSide * 16 + dctSide * lineBytes,
  coefficients: dctSide * dctSide * f64Bytes,
  across: blocksPerSide * stretchBytes,
  down: blocksPerSide * stretchBytes,
  blockRow: blocksPerSide * f64Bytes,
  blockSums: blocksPerSide * blocksPerSide * f64Bytes
})

/** A filter in the memory. */
interface PlacedFilter { starts: number, weights: number }

/**
 * One raster after the other in the memory of the kernel, in SIMD. A raster is hashed in several parts and orientations, so what
 * they share is kept until the next one is read: the horizontal half of PDQ's blur for each way to read its columns. The memory
 * grows to what the largest raster needed and is kept for good. Not for use by several threads at once.
 */
export class RasterKernel {
  readonly #kernel = instantiateHashKernel()
  #raster: Raster | undefined
  #pixels = 0
  #row = 0
  #end = 0
  readonly #filters = new Map<AxisFilter, PlacedFilter>()
  readonly #blurredAcross = new Map<AxisFilter, number>()

  constructor () {
    this.#grow(places.end)
    this.#floats(places.cosines, cosines.length).set(cosines)
  }

  /** Takes in the pixels of a raster: all that follows is about a copy of them. @throws KeersluisError `internal` when the raster is malformed. */
  read (raster: Raster): this {
    assertRaster(raster)
    const { data, width, height, channels } = raster
    this.#raster = raster
    this.#filters.clear()
    this.#blurredAcross.clear()
    this.#end = places.end
    this.#pixels = this.#take(width * height * 3)
    this.#row = this.#take(width * f64Bytes)
    const pixels = new Uint8Array(this.#kernel.memory.buffer, this.#pixels, width * height * 3)
    if (channels === 3) pixels.set(data)
    else data.forEach((level, i) => pixels.fill(level, 3 * i, 3 * i + 3))
    return this
  }

  /** The raster that was read last. */
  get raster (): Raster {
    if (this.#raster === undefined) throw new KeersluisError('internal', 'No raster was read.')
    return this.#raster
  }

  /** Blurs and decimates a part of the raster to 64 x 64 samples of luminance, for `contrast` and `coefficients`. */
  filter (across: AxisFilter, down: AxisFilter): void {
    const rows = this.#blurredAcross.get(across) ?? this.#blurAcross(across)
    const { starts, weights } = this.#placed(down)
    this.#kernel.blurDown(rows, starts, down.taps, down.stride, weights, places.filtered)
  }

  /** The sum of steps between neighbours of the filtered samples, each cut to whole percents of full scale. */
  contrast (): number {
    return this.#kernel.contrast(places.filtered)
  }

  /** The 16 x 16 lowest frequencies of the filtered samples without the mean, row by row: vertical by horizontal frequency. */
  coefficients (): Float64Array {
    this.#kernel.dct(places.filtered, places.cosines, places.dctScratch, places.coefficients)
    return this.#floats(places.coefficients, dctSide * dctSide).slice()
  }

  /** Sums of red, green and blue of the pixels of each of 16 x 16 blocks, row by row of blocks. */
  blockSums (across: readonly Stretch[], down: readonly Stretch[]): Float64Array {
    const { width, height } = this.raster
    this.#placeStretches(across, places.across)
    this.#placeStretches(down, places.down)
    this.#kernel.blockSums(this.#pixels, width, height, places.across, places.down, places.blockRow, places.blockSums)
    return this.#floats(places.blockSums, blocksPerSide * blocksPerSide).slice()
  }

  #blurAcross (across: AxisFilter): number {
    const { width, height } = this.raster
    const { starts, weights } = this.#placed(across)
    const rows = this.#take(height * lineBytes)
    this.#kernel.blurAcross(this.#pixels, width, height, starts, across.stride, weights, this.#row, rows)
    this.#blurredAcross.set(across, rows)
    return rows
  }

  #placed (filter: AxisFilter): PlacedFilter {
    const known = this.#filters.get(filter)
    if (known !== undefined) return known
    const placed = { starts: this.#take(filter.starts.byteLength), weights: this.#take(filter.weights.byteLength) }
    new Int32Array(this.#kernel.memory.buffer, placed.starts, filter.starts.length).set(filter.starts)
    this.#floats(placed.weights, filter.weights.length).set(filter.weights)
    this.#filters.set(filter, placed)
    return placed
  }

  #placeStretches (stretches: readonly Stretch[], place: number): void {
    const view = new DataView(this.#kernel.memory.buffer, place, blocksPerSide * stretchBytes)
    stretches.forEach(({ start, end, before, after }, i) => {
      view.setInt32(i * stretchBytes, start, true)
      view.setInt32(i * stretchBytes + 4, end, true)
      view.setFloat64(i * stretchBytes + 8, before, true)
      view.setFloat64(i * stretchBytes + 16, after, true)
    })
  }

  #floats (place: number, count: number): Float64Array {
    return new Float64Array(this.#kernel.memory.buffer, place, count)
  }

  /** Memory until the next raster is read. */
  #take (bytes: number): number {
    const place = this.#end
    this.#end = place + aligned(bytes + slackBytes)
    this.#grow(this.#end)
    return place
  }

  #grow (bytes: number): void {
    const { memory } = this.#kernel
    const missing = bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
  }
}

function placesOf<Name extends string> (bytesOf: Record<Name, number>): Record<Name | 'end', number> {
  // Nothing lies at 0, and what the kernel itself keeps there is small.
  let end = 1024
  const found: Record<string, number> = {}
  for (const [name, bytes] of Object.entries<number>(bytesOf)) {
    found[name] = end
    end = aligned(end + bytes)
  }
  return { ...found, end } as Record<Name | 'end', number>
}

/** To whole lines of the processor's cache. */
function aligned (bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
