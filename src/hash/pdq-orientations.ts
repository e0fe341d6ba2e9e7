import { dctSide, lowerMedian, thresholdBits } from './pdq-threshold.js'

/**
 * The eight ways to turn or mirror a picture, `upright` (as it is) first.
 * Turns are clockwise (`rotate90`: the top comes to the right). `flipVertical` exchanges top and bottom,
 * `flipHorizontal` left and right, `transpose` mirrors over the diagonal from the top left, `antiTranspose` over the other.
 * The reference calls our `rotate90` rotate270 and our `rotate270` rotate90: it counts the other way round.
 */
export const orientations = [
  'upright', 'rotate90', 'rotate180', 'rotate270', 'flipVertical', 'flipHorizontal', 'transpose', 'antiTranspose'
] as const

export type Orientation = typeof orientations[number]

/** Axes of a picture that are reversed. */
export interface Reversed { down: boolean, across: boolean }

/** What is reversed, and whether rows and columns are exchanged after that. */
const moves: Record<Orientation, Reversed & { exchanged: boolean }> = {
  upright: { down: false, across: false, exchanged: false },
  rotate90: { down: true, across: false, exchanged: true },
  rotate180: { down: true, across: true, exchanged: false },
  rotate270: { down: false, across: true, exchanged: true },
  flipVertical: { down: true, across: false, exchanged: false },
  flipHorizontal: { down: false, across: true, exchanged: false },
  transpose: { down: false, across: false, exchanged: true },
  antiTranspose: { down: true, across: true, exchanged: true }
}

/** What the picture's PDQ hash would be if the picture were turned or mirrored so. */
export interface OrientedHash {
  orientation: Orientation
  hash: Uint8Array
}

/**
 * The hashes of all eight orientations, from the coefficients of one, in the order of `orientations`.
 * A reversed axis changes the sign of the axis' odd frequencies; exchanged axes transpose the coefficients.
 * PDQ's sampling is not quite symmetric, so a really turned picture hashes 0 to 8 bits away, small ones up to 24
 * (measured on photos): `PdqHasher.orientations` does better.
 * @param pdq.dct 256 coefficients, row by row.
 * @param dctOf the coefficients of the picture sampled as in one with these axes reversed, where that is known.
 */
export function pdqOrientations (pdq: { dct: Float64Array }, dctOf: (reversed: Reversed) => Float64Array = () => pdq.dct): OrientedHash[] {
  return orientations.map(orientation => {
    const coefficients = orient(dctOf(moves[orientation]), orientation)
    return { orientation, hash: thresholdBits(coefficients, lowerMedian(coefficients)) }
  })
}

function orient (dct: Float64Array, orientation: Orientation): Float64Array {
  const { down, across, exchanged } = moves[orientation]
  const oriented = new Float64Array(dct.length)
  for (let i = 0; i < dctSide; i++) {
    for (let j = 0; j < dctSide; j++) {
      // Row 0 holds frequency 1: the odd frequencies are the even indexes.
      const negative = (down && i % 2 === 0) !== (across && j % 2 === 0)
      const value = dct[i * dctSide + j] ?? 0
      oriented[exchanged ? j * dctSide + i : i * dctSide + j] = negative ? -value : value
    }
  }
  return oriented
}
