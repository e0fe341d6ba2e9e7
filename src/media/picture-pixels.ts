import type { Sharp } from 'sharp'
import type { Size } from '../hash/raster.js'
import type { DecodedPicture } from './decoder.js'
import type { DecodeJob } from './decode-job.js'
import { isTransparent, ownSideMax, toRgb, type RawPixels } from './raster-work.js'

/** Whether a picture of this size is delivered at its own size. */
export function fitsOwnSize ({ width, height }: Size): boolean {
  return width <= ownSideMax && height <= ownSideMax
}

/**
 * 8-bit sRGB from any colour mode, through an embedded profile where there is one; shrunk to a raster of this size or at its own size.
 * Neither `greyscale()` nor `flatten()`: the first goes through linear light, the second would cost a second decode
 * for the other background. Several pages come as one tall picture, all pages of one size.
 */
export async function readPixels (pipeline: Sharp, size: Size | 'own'): Promise<RawPixels> {
  // Fast shrink-on-load: against full resolution PDQ and blockhash are as near as without it (measured), for less.
  if (size !== 'own') pipeline.resize({ ...size, fit: 'fill', withoutEnlargement: true })
  const { data, info } = await pipeline.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

/** Hands over upright pixels, on white and, where something shines through, on black. */
export async function deliverPixels (job: DecodeJob, about: Pick<DecodedPicture, 'frame' | 'timeS' | 'native' | 'extent'>, pixels: RawPixels): Promise<boolean> {
  const backgrounds = isTransparent(pixels) ? ['white', 'black'] as const : ['white'] as const
  for (const background of backgrounds) {
    const raster = toRgb(pixels, background === 'white' ? 255 : 0)
    if (!await job.deliver({ ...about, background, raster })) return false
  }
  return true
}
