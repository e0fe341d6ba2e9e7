import { blockhash } from '#keersluis/hash/blockhash.js'
import { RasterKernel } from '#keersluis/hash/raster-kernel.js'
import { trimBorder } from '#keersluis/hash/trim.js'
import type { DecodedPicture } from '#keersluis/media/decoder.js'
import { createDecoder } from '#keersluis/media/decoder-client.js'
import { decodeUpload, type Decoders } from '#keersluis/media/decode-upload.js'
import { Fingerprinter } from '#keersluis/media/fingerprint.js'
import { ImageDecoder } from '#keersluis/media/image-decoder.js'
import { startCpuClock } from './cpu-time.js'
import { bareSharp, defaultSettings } from './engines.js'

/** What the steps of the pipeline cost, in processor milliseconds a picture. */
export interface StageTimes {
  bareSharp: number
  /** The decoder's work in this process: sniffing, header, pixels. */
  decoder: number
  /** The same through the decoder child. */
  throughChild: number
  /** Everything after the decoder: the product's own function, whichever parts of a picture it hashes. */
  hashes: number
  /** Steps of it. */
  trim: number
  blockhash: number
}

type StageName = keyof StageTimes

const rounds = 4
const batchMs = 200

/** Each step alone over the same pictures, the steps in turns: what disturbs one disturbs all. */
export async function measureStages (paths: readonly string[]): Promise<StageTimes> {
  const { limits, decoder: options } = defaultSettings()
  const decoder = createDecoder({ ...options, jobsMax: Infinity })
  const pictures: DecodedPicture[] = []
  const throughChild = async (path: string): Promise<void> => {
    await decoder.decode({ path, sampling: 'sparse', limits }, picture => {
      if (pictures.length < paths.length) pictures.push({ ...picture, raster: { ...picture.raster, data: picture.raster.data.slice() } })
      return 'continue'
    })
  }
  const decoders: Decoders = { image: new ImageDecoder(), video: async () => undefined }
  const inProcess = async (path: string): Promise<void> => {
    await decodeUpload(decoders, {
      path, sampling: 'sparse', limits, deliver: async () => true, isStopped: () => false, watchProgram: () => {}, announce: () => {}
    })
  }
  await perItem(paths, throughChild, batchMs)
  const steps: Record<StageName, () => Promise<number>> = {
    bareSharp: async () => await perItem(paths, bareSharp, batchMs),
    decoder: async () => await perItem(paths, inProcess, batchMs),
    throughChild: async () => await perItem(paths, throughChild, batchMs),
    ...hashSteps(pictures)
  }
  const names = Object.keys(steps) as StageName[]
  const measured = Object.fromEntries(names.map((name): [StageName, number[]] => [name, []])) as Record<StageName, number[]>
  for (const name of names) await steps[name]()
  for (let round = 0; round < rounds; round++) {
    for (const name of names) measured[name].push(await steps[name]())
  }
  await decoder.close()
  return Object.fromEntries(names.map(name => [name, Math.min(...measured[name])])) as Record<StageName, number>
}

function hashSteps (pictures: readonly DecodedPicture[]): Record<'hashes' | 'trim' | 'blockhash', () => Promise<number>> {
  const fingerprinter = new Fingerprinter()
  const kernel = new RasterKernel()
  return {
    hashes: async () => await perItem(pictures, picture => { fingerprinter.picture(picture, 'upload') }, batchMs),
    trim: async () => await perItem(pictures, ({ raster }) => { trimBorder(raster) }, batchMs),
    blockhash: async () => await perItem(pictures, ({ raster }) => { blockhash(kernel.read(raster)) }, batchMs)
  }
}

/** Processor milliseconds an item, over as many rounds through the items as fill the time. */
async function perItem<Item> (items: readonly Item[], work: (item: Item) => void | Promise<void>, forMs: number): Promise<number> {
  const cpuMs = startCpuClock()
  const start = performance.now()
  let done = 0
  do {
    for (const item of items) await work(item)
    done += items.length
  } while (performance.now() - start < forMs)
  return cpuMs() / done
}
