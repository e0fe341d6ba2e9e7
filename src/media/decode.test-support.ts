import { fileURLToPath } from 'node:url'
import type { DecodedPicture, Decoder, DecodeLimits, DecodeOutcome, DecoderOptions, Sampling } from './decoder.js'

/** Generous limits, so that a test lowers the one it is about. */
export const testLimits: DecodeLimits = {
  decodeMsMax: 60_000,
  picturePixelsMax: 100_000_000,
  animationFramesMax: 200,
  videoFramesMax: 4000,
  videoDurationSMax: 14_400,
  videoGapSMax: 5,
  denseFps: 8
}

export const testOptions: DecoderOptions = { videoDecoder: 'auto', ffmpegPath: undefined, searchPath: process.env.PATH ?? '', memoryBytesMax: 2 ** 31, jobsMax: 1000 }

export type Decoded = DecodeOutcome & { pictures: DecodedPicture[] }

/** Decodes a file, or `content` that is sent along, and collects its pictures. */
export async function decodeAll (decoder: Decoder, path: string, changed: Partial<DecodeLimits> & { sampling?: Sampling, content?: Uint8Array[] } = {}): Promise<Decoded> {
  const { sampling = 'sparse', content, ...limits } = changed
  const pictures: DecodedPicture[] = []
  const outcome = await decoder.decode({ path, sampling, limits: { ...testLimits, ...limits }, ...(content === undefined ? {} : { content }) }, picture => {
    pictures.push({ ...picture, raster: { ...picture.raster, data: picture.raster.data.slice() } })
    return 'continue'
  })
  return { ...outcome, pictures }
}

/** The committed fixtures; the path is the same from `src` and from `dist`. */
export function fixture (name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
}
