import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp'
import type { DecodedPicture, UndecidedReason } from './decoder.js'
import type { DecodeJob, Finding } from './decode-job.js'
import { ownSideMax, rasterSide } from './decoder-protocol.js'
import { isTransparent, toRgb, turnUpright, type RawPixels } from './raster-work.js'
import type { Sniffed } from './sniff.js'

/**
 * AV1 stills cost about 35 ms a megapixel, some thirty times a JPEG (measured), so their limit is lower.
 * It still takes the 48 megapixels of a phone.
 */
export const slowPicturePixelsMax = 64_000_000

/** The only loaders that an upload may reach; SVG, PDF, ImageMagick and the rest of libvips stay shut. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif']
export const imageFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif']

/** Sets libvips up for a decoder child: one thread, no cache, nothing but the allowed loaders. Call it once. */
export function prepareImageDecoder (): void {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders.map(name => `VipsForeignLoad${name}File`) })
}

type Strictness = 'strict' | 'bestEffort'

function openOptions (job: DecodeJob, format: string, strictness: Strictness): SharpOptions {
  const { picturePixelsMax } = job.limits
  return {
    limitInputPixels: format === 'avif' ? Math.min(picturePixelsMax, slowPicturePixelsMax) : picturePixelsMax,
    limitInputChannels: 5,
    failOn: strictness === 'strict' ? 'error' : 'none',
    sequentialRead: true,
    unlimited: false
  }
}

/**
 * Decodes a picture file. A damaged one is delivered as far as it goes, since viewers show it, too, and is
 * `undecodable` at the same time.
 */
export async function decodeImage (job: DecodeJob, sniffed: Sniffed): Promise<Finding> {
  const finding: Finding = { media: { kind: 'image', format: sniffed.format }, undecided: [] }
  for (const strictness of ['strict', 'bestEffort'] as const) {
    try {
      await decodePages(job, finding, strictness)
      return finding
    } catch (error) {
      const reason = reasonOf(error)
      if (!finding.undecided.includes(reason)) finding.undecided.push(reason)
      if (reason === 'tooLarge') return finding
    }
  }
  return finding
}

async function decodePages (job: DecodeJob, finding: Finding, strictness: Strictness): Promise<void> {
  const options = openOptions(job, finding.media.format, strictness)
  const metadata = await sharp(job.path, options).metadata()
  Object.assign(finding.media, metadata.autoOrient)
  await decodeStill(job, options, metadata)
  finding.media.frames = 1
}

async function decodeStill (job: DecodeJob, options: SharpOptions, metadata: Metadata): Promise<void> {
  const { autoOrient: native, orientation = 1 } = metadata
  const fits = native.width <= ownSideMax && native.height <= ownSideMax
  const stored = await readPixels(sharp(job.path, options), fits ? undefined : rasterSide)
  await deliverPixels(job, { frame: 0, native }, turnUpright(stored, orientation), fits)
}

/** Hands over pixels that are upright, on white and, where something shines through, on black. */
async function deliverPixels (job: DecodeJob, about: Pick<DecodedPicture, 'frame' | 'timeS' | 'native'>, pixels: RawPixels, isOwnSize: boolean): Promise<boolean> {
  const backgrounds = isTransparent(pixels) ? ['white', 'black'] as const : ['white'] as const
  for (const background of backgrounds) {
    const painted = toRgb(pixels, background === 'white' ? 255 : 0)
    const picture = isOwnSize
      ? { ...about, background, raster: await shrink(painted), ownSize: painted }
      : { ...about, background, raster: painted }
    if (!await job.deliver(picture as DecodedPicture)) return false
  }
  return true
}

/**
 * 8-bit sRGB from any colour mode, through an embedded profile where there is one. Neither `greyscale()` nor
 * `flatten()`: the first goes through linear light, the second would cost a second decode for the other background.
 */
async function readPixels (pipeline: Sharp, side: number | undefined): Promise<RawPixels> {
  // libvips' fast shrink-on-load moves pixels by up to half a block, which shows in the hashes.
  if (side !== undefined) pipeline.resize(side, side, { fit: 'fill', fastShrinkOnLoad: false })
  const { data, info } = await pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

async function shrink (pixels: { data: Uint8Array, width: number, height: number, channels: 1 | 3 }): Promise<DecodedPicture['raster']> {
  const { width, height, channels } = pixels
  if (width === rasterSide && height === rasterSide) return pixels
  const data = await sharp(pixels.data, { raw: { width, height, channels } })
    .resize(rasterSide, rasterSide, { fit: 'fill' }).raw().toBuffer()
  return { data, width: rasterSide, height: rasterSide, channels }
}

/** libvips has no error codes, only texts. */
function reasonOf (error: unknown): UndecidedReason {
  const text = error instanceof Error ? error.message : ''
  return /exceeds pixel limit|Input image exceeds/i.test(text) ? 'tooLarge' : 'undecodable'
}
