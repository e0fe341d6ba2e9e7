import { bmvbhash } from 'blockhash-core'
import sharp from 'sharp'
import { loadConfig } from '#keersluis/config.js'
import { letHeapsGrow } from '#keersluis/heap-growth.js'
import type { DecodeLimits, DecoderOptions } from '#keersluis/media/decoder.js'
import { createDecoder } from '#keersluis/media/decoder-client.js'
import { Fingerprinter } from '#keersluis/media/fingerprint.js'
import { fileDigests } from '#keersluis/pipeline/file-digests.js'

/** Ways to hash the same file. */
export const engineNames = ['keersluis', 'sharp', 'naive', 'digests'] as const
export type EngineName = typeof engineNames[number]

/** Lives as long as its process. */
export interface Engine {
  hash (path: string): Promise<void>
}

export function openEngine (name: EngineName): Engine {
  sharp.cache(false)
  sharp.concurrency(1)
  switch (name) {
    case 'keersluis': return pipeline()
    case 'sharp': return { hash: bareSharp }
    case 'naive': return { hash: naive }
    case 'digests': return { hash: async path => { fileDigests(path) } }
  }
}

/** The gate's settings where an operator changes none. */
export function defaultSettings (): { limits: DecodeLimits, decoder: DecoderOptions } {
  const config = loadConfig({}, {})
  const { pictureMsMax: decodeMsMax, picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps } = config
  return {
    limits: { decodeMsMax, picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps },
    decoder: { videoDecoder: config.videoDecoder, ffmpegPath: undefined, memoryBytesMax: config.decoderMemoryBytesMax, jobsMax: config.decoderJobsMax }
  }
}

/** What a worker thread of the gate does with a picture: its decoder child, then trim, PDQ in all orientations, blockhash. */
function pipeline (): Engine {
  letHeapsGrow()
  const { limits, decoder: options } = defaultSettings()
  // A child that is replaced in the middle of a measurement would take its processor time with it.
  const decoder = createDecoder({ ...options, jobsMax: Infinity })
  const fingerprinter = new Fingerprinter()
  return {
    async hash (path) {
      let variants = 0
      const { undecided } = await decoder.decode({ path, sampling: 'sparse', limits }, picture => {
        variants += fingerprinter.picture(picture, 'upload').length
        return 'continue'
      })
      if (variants === 0 || undecided.length > 0) throw new Error(`the gate did not hash a picture: ${undecided.join(', ')}`)
    }
  }
}

export const rasterSide = 256

/** Pixels of the same raster with nothing around it: no process boundary, no look at the header, no colour space. */
export async function bareSharp (path: string): Promise<void> {
  await sharp(path).resize(rasterSide, rasterSide, { fit: 'fill' }).raw().toBuffer()
}

const blocksPerSide = 16

/** What a site would write first: all pixels, then blockhash-core over them. */
async function naive (path: string): Promise<void> {
  const { data, info } = await sharp(path, { limitInputPixels: false }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  bmvbhash({ data, width: info.width, height: info.height }, blocksPerSide)
}
