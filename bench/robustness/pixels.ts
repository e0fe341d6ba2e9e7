import sharp, { type Sharp } from 'sharp'

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

/** The upright picture, its longer side at most `sideMax`, transparency on white. */
export async function readPicture (file: string | Buffer, sideMax: number): Promise<Pixels> {
  return await pixelsOf(sharp(file, { failOn: 'error' }).autoOrient().flatten({ background: '#ffffff' })
    .resize(sideMax, sideMax, { fit: 'inside', withoutEnlargement: true }))
}
