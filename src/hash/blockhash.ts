import { blocksPerSide, type RasterKernel, type Stretch } from './raster-kernel.js'
import { assertInside, wholeBox, type Box } from './raster.js'

/** Blockhash of one picture, 16 x 16 blocks. */
export interface Blockhash {
  /** 32 bytes in the order of the hash text. */
  hash: Uint8Array
  /** 0 to 256: how many bits would survive small changes of brightness. Flat pictures have few. */
  stableBits: number
}

const blockCount = blocksPerSide * blocksPerSide
/** Each quarter of the rows, a band, is thresholded at its own median. */
const blocksPerBand = blockCount / 4
/** Red, green and blue of a white pixel. */
const whiteSum = 3 * 255
/** A block is stable when it is at least one percent of full scale away from the median that decides its bit. */
const stableShare = 0.01
/** Sums of shares of pixels carry rounding errors; sums of whole pixels differ by at least a half from a median. */
const roundingError = 1e-3

/**
 * The 256-bit blockhash (method of B. Yang, F. Gu and X. Niu, "Block mean value based image perceptual hashing", 2006),
 * bit for bit that of the package blockhash-core, which the tests hold it to.
 * @param kernel what has read the upright picture. Of pictures with both sides over 256 pixels a raster of 256 x 256 says the same.
 * @param box the part of the raster to hash, fractions of pixels allowed. It may reach beyond the raster by a pixel, where the
 *   raster lacks the outermost pixels: its edge is then continued.
 * @throws KeersluisError `internal` when the box is malformed.
 */
export function blockhash (kernel: RasterKernel, box: Box = wholeBox(kernel.raster)): Blockhash {
  assertInside(box, kernel.raster, 1)
  const sums = kernel.blockSums(stretchesOf(box.left, box.width), stretchesOf(box.top, box.height))
  const pixelsPerBlock = box.width * box.height / blockCount
  const whiteBlock = pixelsPerBlock * whiteSum
  const hash = new Uint8Array(blockCount / 8)
  let stableBits = 0
  for (let first = 0; first < blockCount; first += blocksPerBand) {
    const median = medianOf(sums.subarray(first, first + blocksPerBand))
    for (let k = first; k < first + blocksPerBand; k++) {
      const step = (sums[k] ?? 0) - median
      if (isBrighter(step, median, whiteBlock)) hash[k >> 3] = (hash[k >> 3] ?? 0) | 0x80 >> (k & 7)
      if (Math.abs(step) >= stableShare * whiteBlock) stableBits++
    }
  }
  return { hash, stableBits }
}

/** Where many blocks equal their median, as in a picture of black or white, it depends on which half of the scale that lies in. */
function isBrighter (step: number, median: number, whiteBlock: number): boolean {
  return step > roundingError || (Math.abs(step) < 1 && median > whiteBlock / whiteSum * 384)
}

function medianOf (values: Float64Array): number {
  const sorted = Float64Array.from(values).sort()
  return ((sorted[sorted.length / 2 - 1] ?? 0) + (sorted[sorted.length / 2] ?? 0)) / 2
}

function stretchesOf (from: number, span: number): Stretch[] {
  return Array.from({ length: blocksPerSide }, (_, block) => {
    const left = from + block * span / blocksPerSide
    const right = from + (block + 1) * span / blocksPerSide
    const start = Math.ceil(left)
    const end = Math.floor(right)
    return start > end ? { start, end, before: right - left, after: 0 } : { start, end, before: start - left, after: right - end }
  })
}
