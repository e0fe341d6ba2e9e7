import { axisFilter, type AxisFilter, type AxisView } from './pdq-filter.js'
import { pdqOrientations, type OrientedHash, type Reversed } from './pdq-orientations.js'
import { lowerMedian, thresholdBits } from './pdq-threshold.js'
import type { RasterKernel } from './raster-kernel.js'
import { assertInside, assertSize, wholeBox, type Box, type Size } from './raster.js'

/** PDQ of one picture. */
export interface Pdq {
  /** 32 bytes in the order of the hash text. */
  hash: Uint8Array
  /** 0 to 100: how much contrast the filtered picture has. Below 50 the hash is noise. */
  quality: number
  /** 256 coefficients, row by row: vertical frequency 1 to 16 by horizontal frequency 1 to 16. */
  dct: Float64Array
}

/** PDQ is undefined for pictures with a side below this; the reference answers an all-zero hash of quality 0. */
const nativeSideMin = 5

/** PDQ samples 1 to 1.5 pixels off the middle of its blocks: from this side on less than a tenth of a block. */
const symmetricSideMin = 1024

/** A batch of uploads has few different sizes; 64 axis filters of a 256-pixel raster take about 200 KiB. */
const filtersMaxDefault = 64

/**
 * Computes PDQ and keeps the filters of the last sizes, so that pictures of one size (video frames, rasters of one
 * camera) pay for them once. Not for use by several threads at once.
 */
export class PdqHasher {
  readonly #filters = new Map<string, AxisFilter>()
  readonly #filtersMax: number

  constructor (filtersMax = filtersMaxDefault) {
    this.#filtersMax = filtersMax
  }

  /**
   * PDQ as ThreatExchange defines it, without any resize of its own. Hash, quality and coefficients are those of the
   * reference on equal pixels.
   * @param kernel what has read the upright picture.
   * @param native the picture's own size in pixels where the raster is a resized picture: the blur is then computed for
   *   that size and laid over the raster. Without it the raster is the picture at its own size.
   * @param box the part of the raster to hash (fractions of pixels allowed); `native` is then the size of that part. It may
   *   reach beyond the raster by a pixel, where the raster lacks the outermost pixels: its edge is then continued.
   * @throws KeersluisError `internal` when the size or the box is malformed.
   */
  hash (kernel: RasterKernel, native?: Size, box?: Box): Pdq {
    const part = box ?? wholeBox(kernel.raster)
    assertInside(part, kernel.raster, 1)
    const size = native ?? sizeOf(part)
    assertSize(size)
    if (size.width < nativeSideMin || size.height < nativeSideMin) {
      return { hash: new Uint8Array(32), quality: 0, dct: new Float64Array(256) }
    }
    const coefficients = this.#dct(kernel, size, part, { down: false, across: false })
    return {
      hash: thresholdBits(coefficients, lowerMedian(coefficients)),
      quality: qualityOf(kernel.contrast()),
      dct: coefficients
    }
  }

  /**
   * The hashes of all eight orientations, in the order of `orientations`: those of the really turned picture, up to
   * rounding, at the cost of another filter for each reversal of a short side.
   * @param upright what `hash` answered for the same raster, size and box.
   */
  orientations (upright: Pdq, kernel: RasterKernel, native?: Size, box?: Box): OrientedHash[] {
    const part = box ?? wholeBox(kernel.raster)
    const size = native ?? sizeOf(part)
    if (size.width < nativeSideMin || size.height < nativeSideMin) return pdqOrientations(upright)
    const known = new Map([['false false', upright.dct]])
    return pdqOrientations(upright, reversed => {
      const down = reversed.down && size.height < symmetricSideMin
      const across = reversed.across && size.width < symmetricSideMin
      const key = `${down} ${across}`
      const coefficients = known.get(key) ?? this.#dct(kernel, size, part, { down, across })
      known.set(key, coefficients)
      return coefficients
    })
  }

  /** Leaves the filtered picture in the kernel. */
  #dct (kernel: RasterKernel, size: Size, box: Box, reversed: Reversed): Float64Array {
    const { raster } = kernel
    const across = this.#filter({ native: size.width, from: box.left, span: box.width, rasterLength: raster.width, mirrored: reversed.across })
    const down = this.#filter({ native: size.height, from: box.top, span: box.height, rasterLength: raster.height, mirrored: reversed.down })
    kernel.filter(across, down)
    return kernel.coefficients()
  }

  #filter (view: AxisView): AxisFilter {
    const key = `${view.native} ${view.from} ${view.span} ${view.rasterLength} ${view.mirrored}`
    const filter = this.#filters.get(key) ?? axisFilter(view)
    // Deleting and setting again keeps the map in order of last use.
    this.#filters.delete(key)
    this.#filters.set(key, filter)
    if (this.#filters.size > this.#filtersMax) this.#filters.delete(this.#filters.keys().next().value ?? key)
    return filter
  }
}

function sizeOf (box: Box): Size {
  return { width: Math.round(box.width), height: Math.round(box.height) }
}

/** As the reference has it: the steps between neighbours over 90, at most 100. */
function qualityOf (contrast: number): number {
  return Math.min(100, Math.floor(contrast / 90))
}
