import { blockhash } from '#keersluis/hash/blockhash.js'
import { PdqHasher } from '#keersluis/hash/pdq.js'
import { pdqOrientations } from '#keersluis/hash/pdq-orientations.js'
import { trimBorder } from '#keersluis/hash/trim.js'
import type { DecodedPicture } from '#keersluis/media/decoder.js'
import { createDecoder } from '#keersluis/media/decoder-client.js'
import { decodeUpload } from '#keersluis/media/decode-upload.js'
import { startCpuClock } from './cpu-time.js'
import { bareSharp, defaultSettings } from './engines.js'

/** What the steps of the pipeline cost, in processor milliseconds a picture. Those after the decoder are parts of one function. */
export interface StageTimes {
  bareSharp: number
  /** The decoder's work in this process: sniffing, header, pixels. */
  decoder: number
  /** The same through the decoder child. */
  throughChild: number
  trim: number
  pdq: number
  orientations: number
  blockhash: number
}

/** Long against the ten milliseconds in which a child's time is counted. */
const measuredMs = 700

/** Each step alone, over the same pictures. */
export async function measureStages (paths: readonly string[]): Promise<StageTimes> {
  const { limits, decoder: options } = defaultSettings()
  const decoder = createDecoder({ ...options, jobsMax: Infinity })
  const pictures: DecodedPicture[] = []
  const child = async (path: string): Promise<void> => {
    await decoder.decode({ path, sampling: 'sparse', limits }, picture => {
      if (pictures.length < paths.length) pictures.push(picture)
      return 'continue'
    })
  }
  const inProcess = async (path: string): Promise<void> => {
    await decodeUpload({ video: async () => undefined }, {
      path, sampling: 'sparse', limits, deliver: async () => true, isStopped: () => false, watchProgram: () => {}, announce: () => {}
    })
  }
  const throughChild = await perItem(paths, child)
  await decoder.close()
  const hasher = new PdqHasher()
  const hashed = pictures.map(picture => {
    const source = picture.ownSize ?? picture.raster
    const native = picture.ownSize === undefined ? picture.native : undefined
    return { raster: picture.raster, source, native, pdq: hasher.hash(source, native) }
  })
  return {
    bareSharp: await perItem(paths, bareSharp),
    decoder: await perItem(paths, inProcess),
    throughChild,
    trim: await perItem(hashed, ({ source }) => { trimBorder(source) }),
    pdq: await perItem(hashed, ({ source, native }) => { hasher.hash(source, native) }),
    orientations: await perItem(hashed, ({ pdq }) => { pdqOrientations(pdq) }),
    blockhash: await perItem(hashed, ({ raster }) => { blockhash(raster) })
  }
}

/** After a pass to warm up, so many passes as fill the time. */
async function perItem<Item> (items: readonly Item[], work: (item: Item) => void | Promise<void>): Promise<number> {
  for (const item of items) await work(item)
  const start = performance.now()
  const cpuMs = startCpuClock()
  let done = 0
  do {
    for (const item of items) await work(item)
    done += items.length
  } while (performance.now() - start < measuredMs)
  return cpuMs() / done
}
