import sharp, { type Sharp } from 'sharp'
import { withHeicImages } from '#keersluis/media/heic-decoder.js'
import { slowPicturePixelsMax } from '#keersluis/media/image-decoder.js'

/** 8-bit sRGB, RGB interleaved, row by row. */
export interface Pixels {
  data: Buffer
  width: number
  height: number
}

export function sharpOf ({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

export async function pixelsOf (pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/**
 * The upright picture, its longer side at most `sideMax`, transparency on white.
 * @throws Error where neither sharp nor, for HEIC, the gate's own decoder can read it
 */
export async function readPicture (file: Buffer, sideMax: number): Promise<Pixels> {
  const fitted = async (whole: Sharp): Promise<Pixels> =>
    await pixelsOf(whole.flatten({ background: '#ffffff' }).resize(sideMax, sideMax, { fit: 'inside', withoutEnlargement: true }))
  try {
    return await fitted(sharp(file, { failOn: 'error' }).autoOrient())
  } catch (error) {
    const heic = await readHeic(file)
    if (heic === undefined) throw error
    return await fitted(heic)
  }
}

/** The picture that viewers show, upright; `undefined` where it is no HEIC that the gate would decode. */
async function readHeic (file: Buffer): Promise<Sharp | undefined> {
  // Nothing else of a folder with anything in it is for that decoder.
  if (file.toString('latin1', 4, 8) !== 'ftyp') return undefined
  return await withHeicImages(file, async ([image]) => {
    if (image === undefined || image.native.width * image.native.height > slowPicturePixelsMax) return undefined
    const data = await image.pixels()
    return data === undefined ? undefined : sharp(data, { raw: { ...image.native, channels: 4 }, limitInputPixels: false })
  })
}
