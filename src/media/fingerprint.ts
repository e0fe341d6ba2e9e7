import { blockhash } from '../hash/blockhash.js'
import { hammingDistance } from '../hash/bits.js'
import type { Digests } from '../hash/digests.js'
import { listCrops, nativeSizeOf, withoutEdge } from '../hash/crops.js'
import { trimMargins } from '../hash/margins.js'
import { PdqHasher } from '../hash/pdq.js'
import type { OrientedHash } from '../hash/pdq-orientations.js'
import { RasterKernel } from '../hash/raster-kernel.js'
import { wholeBox, type Box, type Size } from '../hash/raster.js'
import { trimBorder } from '../hash/trim.js'
import type { DecodedPicture, MediaInfo, UndecidedReason } from './decoder.js'

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
  /**
   * `whole`, `trimmed` (without bars), `inner` (without anything plain around it), `withoutTop` and
   * `withoutBottom`; on a list also `crop01` to `crop16`; of small pictures also `centred` and `trimmedCentred`; each with `OnBlack` where
   * transparency was painted black.
   */
  variant: string
  pdq: Uint8Array
  pdqQuality: number
  /** The PDQ hashes of all eight orientations, 32 bytes each, in the order of `orientations`; of an upload's variants that are searched turned. */
  oriented?: Uint8Array
  blockhash?: Uint8Array
  stableBits?: number
}

/**
 * Which variants are hashed. An upload is hashed few ways, most of them in all orientations; known material is hashed with
 * its crops, so that queries stay cheap; frames of a known video go without crops and blockhash.
 */
export type Side = 'upload' | 'item' | 'itemFrame'

/** A hash to take: which part of the raster, and the size that PDQ reads it at. */
interface Part {
  variant: string
  box: Box
  native: Size
  withBlockhash: boolean
  /** Whether an upload is searched with it in all orientations. */
  isTurned: boolean
}

/**
 * PDQ reads each of its 64 x 64 places up to two pixels beside the middle, since its windows and its rounding are one-sided.
 * In a picture of 256 pixels that is as much as a crop of one percent, and enlarging it or turning it moves the places: on
 * small photos up to 98 bits. Taken as a picture of this size, which is large, the raster is read in the middle; so the hash
 * of a small picture agrees with that of its enlarged, reduced and mirrored copies. The plain hash stays beside it, since
 * lists from elsewhere hold that of the small picture.
 */
const centredNative: Size = { width: 8192, height: 8192 }

/** Hashes pictures; keeps filters between pictures of one size. One for each thread. */
export class Fingerprinter {
  readonly #pdq = new PdqHasher()
  readonly #kernel = new RasterKernel()

  picture (picture: DecodedPicture, side: Side): VariantHashes[] {
    const suffix = picture.background === 'black' ? 'OnBlack' : ''
    this.#kernel.read(picture.raster)
    return partsOf(picture, side).map(part => this.#variant(part, side, suffix))
  }

  #variant ({ variant, box, native, withBlockhash, isTurned }: Part, side: Side, suffix: string): VariantHashes {
    const pdq = this.#pdq.hash(this.#kernel, native, box)
    const hashes: VariantHashes = { variant: variant + suffix, pdq: pdq.hash, pdqQuality: pdq.quality }
    if (side === 'upload' && isTurned) hashes.oriented = orientedBytes(this.#pdq.orientations(pdq, this.#kernel, native, box))
    if (!withBlockhash) return hashes
    const block = blockhash(this.#kernel, box)
    return { ...hashes, blockhash: block.hash, stableBits: block.stableBits }
  }
}

/** An inner part that takes less off a side, as a share, is near enough to what is around it. */
const innerShareMin = 0.02

/** Frames within so many bits of the last kept one say nothing new of a known video. */
const sameFrameDistance = 10

/** Whether a frame of a known video is worth an entry after the last kept one. */
export function isNewFrame (variants: readonly VariantHashes[], last: readonly VariantHashes[] | undefined): boolean {
  const [whole] = variants
  const [lastWhole] = last ?? []
  if (whole === undefined || lastWhole === undefined || variants.length !== last?.length) return true
  return hammingDistance(whole.pdq, lastWhole.pdq) > sameFrameDistance
}

function partsOf (picture: DecodedPicture, side: Side): Part[] {
  const { raster, extent = wholeBox(raster) } = picture
  const trimmed = trimBorder(raster)
  const content = trimmed ?? extent
  const parts = plainParts('whole', picture, extent, side)
  if (trimmed !== undefined) parts.push(...plainParts('trimmed', picture, trimmed, side))
  // Frames of films come in dozens, and a film is known by more than one.
  if (side === 'itemFrame' || picture.timeS !== undefined) return parts
  // An upload without bars is near the whole of what it is a copy of.
  if (trimmed !== undefined || side === 'item') parts.push(...innerPart(picture, content))
  parts.push(...withoutEdge(content).map(({ name, box }) => readLarge(name, picture, box)))
  if (side === 'upload') return parts
  return [...parts, ...listCrops(content).map((box, index) => readLarge(`crop${String(index + 1).padStart(2, '0')}`, picture, box))]
}

/** The picture or its trimmed part, as it is and, where it comes at its own small size, centred. */
function plainParts (variant: 'whole' | 'trimmed', picture: DecodedPicture, box: Box, side: Side): Part[] {
  const plain = { variant, box, native: nativeSizeOf(box, picture.extent ?? picture.raster, picture.native), withBlockhash: side !== 'itemFrame', isTurned: true }
  if (!isOwnSize(picture)) return [plain]
  return [plain, { variant: variant === 'whole' ? 'centred' : 'trimmedCentred', box, native: centredNative, withBlockhash: false, isTurned: true }]
}

/** The part inside all that is plain, where that is another one. */
function innerPart (picture: DecodedPicture, content: Box): Part[] {
  const inner = trimMargins(picture.raster)
  if (inner === undefined) return []
  const isOther = content.width - inner.width > innerShareMin * content.width || content.height - inner.height > innerShareMin * content.height
  return isOther ? [{ ...readLarge('inner', picture, inner), isTurned: true }] : []
}

/** A part that no list from elsewhere holds: a small one is only centred. */
function readLarge (variant: string, picture: DecodedPicture, box: Box): Part {
  const native = nativeSizeOf(box, picture.extent ?? picture.raster, isOwnSize(picture) ? centredNative : picture.native)
  return { variant, box, native, withBlockhash: false, isTurned: false }
}

function isOwnSize ({ raster, native }: DecodedPicture): boolean {
  return raster.width === native.width && raster.height === native.height
}

function orientedBytes (hashes: readonly OrientedHash[]): Uint8Array {
  const bytes = new Uint8Array(8 * 32)
  hashes.forEach(({ hash }, index) => bytes.set(hash, index * 32))
  return bytes
}
