import { blockhash } from '../hash/blockhash.js'
import { hammingDistance } from '../hash/bits.js'
import type { Digests } from '../hash/digests.js'
import { listCrops, nativeSizeOf } from '../hash/crops.js'
import { PdqHasher, type Pdq } from '../hash/pdq.js'
import { wholeBox, type Box, type Raster, type Size } from '../hash/raster.js'
import { trimBorder } from '../hash/trim.js'
import type { DecodedPicture, MediaInfo, UndecidedReason } from './decoder.js'
import { orientedHashes, orientedHashesOfSmall } from './oriented-hashes.js'

/** Everything hashed from one upload. */
export interface Fingerprint {
  digests: Digests
  media: MediaInfo
  pictures: PictureHashes[]
  undecided: UndecidedReason[]
  /** False where hashing ended early, on purpose. */
  complete: boolean
}

/** The hashes of one still and its variants. */
export interface PictureHashes {
  frame: number
  timeS?: number
  native: Size
  variants: VariantHashes[]
}

export interface VariantHashes {
  /** `whole`, `trimmed`, on a list also `crop01` to `crop16`; each with `OnBlack` where transparency was painted black. */
  variant: string
  pdq: Uint8Array
  pdqQuality: number
  /** The PDQ hashes of all eight orientations, 32 bytes each, in the order of `orientations`; uploads only. */
  oriented?: Uint8Array
  blockhash?: Uint8Array
  stableBits?: number
}

/**
 * Which variants are hashed. An upload is hashed few ways and in all orientations; known material is hashed with its
 * crops, so that queries stay cheap; frames of a known video go without crops and blockhash.
 */
export type Side = 'upload' | 'item' | 'itemFrame'

/** The part of a raster to hash, and the size it has at full resolution (unset where the raster is the picture itself). */
interface Part {
  variant: string
  box: Box
  native: Size | undefined
}

/** Hashes pictures; keeps filters between pictures of one size. One for each thread. */
export class Fingerprinter {
  readonly #pdq = new PdqHasher()

  picture (picture: DecodedPicture, side: Side): VariantHashes[] {
    const source = picture.ownSize ?? picture.raster
    const native = picture.ownSize === undefined ? picture.native : undefined
    const suffix = picture.background === 'black' ? 'OnBlack' : ''
    return partsOf(source, side, native).map(part => this.#variant(picture, source, part, side, suffix))
  }

  #variant (picture: DecodedPicture, source: Raster, part: Part, side: Side, suffix: string): VariantHashes {
    const pdq = this.#pdq.hash(source, part.native, part.box)
    const hashes: VariantHashes = { variant: part.variant + suffix, pdq: pdq.hash, pdqQuality: pdq.quality }
    if (side === 'upload') hashes.oriented = part.native === undefined ? this.#orientedOfSmall(pdq, picture.raster, source, part.box) : orientedHashes(pdq)
    if (side === 'itemFrame' || part.variant.startsWith('crop')) return hashes
    const block = part.variant === 'whole' ? blockhash(picture.raster) : blockhash(source, part.box)
    return { ...hashes, blockhash: block.hash, stableBits: block.stableBits }
  }

  /** From whichever raster has fewer pixels. */
  #orientedOfSmall (pdq: Pdq, raster: Raster, own: Raster, box: Box): Uint8Array {
    const native = nativeSizeOf(box, own, own)
    if (own.width * own.height <= raster.width * raster.height) return orientedHashesOfSmall(pdq, own, native, box, this.#pdq)
    const [across, down] = [raster.width / own.width, raster.height / own.height]
    const [left, top] = [box.left * across, box.top * down]
    // A product of fractions may reach out of the raster by a rounding error.
    const scaled = { left, top, width: Math.min(box.width * across, raster.width - left), height: Math.min(box.height * down, raster.height - top) }
    return orientedHashesOfSmall(pdq, raster, native, scaled, this.#pdq)
  }
}

/** Frames within so many bits of the last kept one say nothing new of a known video. */
const sameFrameDistance = 10

/** Whether a frame of a known video is worth an entry after the last kept one. */
export function isNewFrame (variants: readonly VariantHashes[], last: readonly VariantHashes[] | undefined): boolean {
  const [whole] = variants
  const [lastWhole] = last ?? []
  if (whole === undefined || lastWhole === undefined || variants.length !== last?.length) return true
  return hammingDistance(whole.pdq, lastWhole.pdq) > sameFrameDistance
}

function partsOf (source: Raster, side: Side, native: Size | undefined): Part[] {
  const whole = wholeBox(source)
  const trimmed = trimBorder(source)
  const parts = [{ variant: 'whole', box: whole }]
  if (trimmed !== undefined) parts.push({ variant: 'trimmed', box: trimmed })
  if (side === 'item') {
    listCrops(trimmed ?? whole).forEach((box, index) => {
      parts.push({ variant: `crop${String(index + 1).padStart(2, '0')}`, box })
    })
  }
  return parts.map(part => ({ ...part, native: native === undefined ? undefined : nativeSizeOf(part.box, source, native) }))
}
