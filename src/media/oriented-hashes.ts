import type { Pdq, PdqHasher } from '../hash/pdq.js'
import { orientations, pdqOrientations, type Orientation } from '../hash/pdq-orientations.js'
import type { Box, Raster, Size } from '../hash/raster.js'

const hashBytes = 32

/** The mirror images of a picture, and which orientations their own coefficients and those with axes exchanged give. */
const mirrorings: ReadonlyArray<{ across: boolean, down: boolean, gives: readonly [upright: Orientation, transposed: Orientation] }> = [
  { across: true, down: false, gives: ['flipHorizontal', 'rotate270'] },
  { across: false, down: true, gives: ['flipVertical', 'rotate90'] },
  { across: true, down: true, gives: ['rotate180', 'antiTranspose'] }
]

/** PDQ of all eight orientations from the coefficients of one: 32 bytes each, in the order of `orientations`. */
export function orientedHashes (pdq: Pdq): Uint8Array {
  const bytes = new Uint8Array(orientations.length * hashBytes)
  pdqOrientations(pdq).forEach(({ hash }, index) => { bytes.set(hash, index * hashBytes) })
  return bytes
}

/**
 * The same for a small picture, each mirror image filtered by itself. PDQ reads a picture up to two pixels right of and below
 * the middle of each of its 64 places (its windows and its rounding are one-sided). Turning the coefficients turns that shift
 * with them, which in a picture of 240 pixels is a crop of more than one percent; large pictures do not notice.
 * @param pdq of `box`, the picture or a part of it
 * @param raster the picture, at its own size or resized
 * @param native the size of the part at the picture's own size
 */
export function orientedHashesOfSmall (pdq: Pdq, raster: Raster, native: Size, box: Box, hasher: PdqHasher): Uint8Array {
  const bytes = orientedHashes(pdq)
  const grey = toGrey(raster)
  for (const { across, down, gives: [upright, transposed] } of mirrorings) {
    const place = inside({
      ...box,
      left: across ? raster.width - box.left - box.width : box.left,
      top: down ? raster.height - box.top - box.height : box.top
    }, raster)
    const mirrored = hasher.hash(mirror(grey, across, down), native, place)
    for (const { orientation, hash } of pdqOrientations(mirrored)) {
      if (orientation === 'upright') bytes.set(hash, orientations.indexOf(upright) * hashBytes)
      if (orientation === 'transpose') bytes.set(hash, orientations.indexOf(transposed) * hashBytes)
    }
  }
  return bytes
}

/** Differences of fractions may reach out of the raster by a rounding error. */
function inside (box: Box, raster: Raster): Box {
  const [left, top] = [Math.max(0, box.left), Math.max(0, box.top)]
  return { left, top, width: Math.min(box.width, raster.width - left), height: Math.min(box.height, raster.height - top) }
}

/** Luminance as PDQ weighs it, rounded: three walks over one channel are cheaper than over three. */
function toGrey ({ data, width, height, channels }: Raster): Raster {
  if (channels === 1) return { data, width, height, channels }
  const grey = new Uint8Array(width * height)
  for (let at = 0, from = 0; at < grey.length; at++, from += 3) {
    grey[at] = 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0) + 0.5
  }
  return { data: grey, width, height, channels: 1 }
}

function mirror ({ data, width, height }: Raster, across: boolean, down: boolean): Raster {
  const mirrored = new Uint8Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = data.slice(y * width, (y + 1) * width)
    mirrored.set(across ? row.reverse() : row, (down ? height - 1 - y : y) * width)
  }
  return { data: mirrored, width, height, channels: 1 }
}
