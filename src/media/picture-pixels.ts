import sharp, { type Sharp } from 'sharp'
import type { Raster } from '../hash/raster.js'
import type { DecodedPicture } from './decoder.js'
import type { DecodeJob } from './decode-job.js'
import { ownSideMax, rasterSide } from './decoder-protocol.js'
import { isTransparent, toRgb, type RawPixels } from './raster-work.js'

/** Whether a picture of this size is delivered at its own size, too. */
export function fitsOwnSize ({ width, height }: { width: number, height: number }): boolean {
  return width <= ownSideMax && height <= ownSideMax
}

/**
 * 8-bit sRGB from any colour mode, through an embedded profile where there is one; with `side` resized to a square.
 * Neither `greyscale()` nor `flatten()`: the first goes through linear light, the second would cost a second decode
 * for the other background. Several pages come as one tall picture, each page a square.
 */
export async function readPixels (pipeline: Sharp, side?: number): Promise<RawPixels> {
  // Fast shrink-on-load: against full resolution PDQ and blockhash are as near as without it (measured), for less.
  if (side !== undefined) pipeline.resize(side, side, { fit: 'fill' })
  const { data, info } = await pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/**
 * Hands over upright pixels, on white and, where something shines through, on black.
 * @param pixels the raster, or the picture at its own size where that fits
 */
export async function deliverPixels (job: DecodeJob, about: Pick<DecodedPicture, 'frame' | 'timeS' | 'native'>, pixels: RawPixels): Promise<boolean> {
  const backgrounds = isTransparent(pixels) ? ['white', 'black'] as const : ['white'] as const
  for (const background of backgrounds) {
    const painted = toRgb(pixels, background === 'white' ? 255 : 0)
    const sizes = fitsOwnSize(about.native) ? { raster: await shrink(painted), ownSize: painted } : { raster: painted }
    if (!await job.deliver({ ...about, background, ...sizes })) return false
  }
  return true
}

async function shrink (pixels: Raster): Promise<Raster> {
  const { width, height, channels } = pixels
  if (width === rasterSide && height === rasterSide) return pixels
  const data = await sharp(pixels.data, { raw: { width, height, channels } })
    .resize(rasterSide, rasterSide, { fit: 'fill' }).raw().toBuffer()
  return { data, width: rasterSide, height: rasterSide, channels }
}
