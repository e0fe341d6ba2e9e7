import { readFileSync, statSync } from 'node:fs'
import sharp, { type Metadata, type SharpOptions } from 'sharp'
import type { UndecidedReason } from './decoder.js'
import type { DecodeJob, Finding } from './decode-job.js'
import { deliverPixels, fitsOwnSize, readPixels } from './picture-pixels.js'
import { turnUpright, type RawPixels } from './raster-work.js'
import type { Sniffed } from './sniff.js'

/**
 * AV1 and HEVC stills cost some thirty times a JPEG (measured: 35 ms a megapixel), so their limit is lower. It still
 * takes the 48 megapixels of a phone.
 */
export const slowPicturePixelsMax = 64_000_000

/** The only loaders that an upload may reach; SVG, PDF, ImageMagick and the rest of libvips stay shut. */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif']
export const imageFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif']

/** Formats whose pages have one size and build on each other, so that reading a page means reading those before it. */
const sequentialFormats = new Set(['gif', 'webp'])
/** Pixels decoded at once of such a format, before they are shrunk; one page is always read. */
const batchPixelsMax = 64_000_000
const batchPagesMax = 128
/** A file up to this size is read once into memory: opening it for its header and again for its pixels costs more. */
const bufferedBytesMax = 32 * 1024 * 1024
/** A JPEG of so many bytes is hardly one that is delivered at its own size. */
const largeJpegBytesMin = 100_000

/** Sets libvips up for a decoder child: one thread, no cache, nothing but the allowed loaders. Call it once. */
export function prepareImageDecoder (): void {
  sharp.cache(false)
  sharp.concurrency(1)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders.flatMap(name => [`VipsForeignLoad${name}File`, `VipsForeignLoad${name}Buffer`]) })
}

type Strictness = 'strict' | 'bestEffort'

/**
 * Decodes a picture file. A damaged one is delivered as far as it goes, since viewers show it, too, and is
 * `undecodable` at the same time.
 */
export async function decodeImage (job: DecodeJob, sniffed: Sniffed): Promise<Finding> {
  const finding: Finding = { media: { kind: 'image', format: sniffed.format }, undecided: [] }
  const { size } = statSync(job.path)
  const file = size <= bufferedBytesMax ? readFileSync(job.path) : job.path
  for (const strictness of ['strict', 'bestEffort'] as const) {
    try {
      await decodePages(job, { file, size }, finding, openOptions(job, sniffed.format, strictness))
      return finding
    } catch (error) {
      const reason = reasonOf(error)
      if (!finding.undecided.includes(reason)) finding.undecided.push(reason)
      if (reason === 'tooLarge') return finding
    }
  }
  return finding
}

function openOptions (job: DecodeJob, format: string, strictness: Strictness): SharpOptions & { limitInputPixels: number } {
  const { picturePixelsMax } = job.limits
  return {
    limitInputPixels: format === 'avif' ? Math.min(picturePixelsMax, slowPicturePixelsMax) : picturePixelsMax,
    limitInputChannels: 5,
    failOn: strictness === 'strict' ? 'error' : 'none',
    sequentialRead: true,
    unlimited: false
  }
}

interface PictureFile {
  /** Its bytes, or where they are. */
  file: Buffer | string
  size: number
}

/** What pages are read from. */
interface PageSource {
  file: Buffer | string
  options: SharpOptions & { limitInputPixels: number }
  /** Of the first page. */
  metadata: Metadata
  /** Pages wanted, counted from the first. */
  wanted: number
  /** The raster of the first page, where it was begun before its size was known. */
  ahead: Promise<RawPixels> | undefined
}

interface Batch {
  native: { width: number, height: number }
  pictures: RawPixels[]
}

/** `finding.media.frames` counts what was delivered, so that a second run goes on where the first one failed. */
async function decodePages (job: DecodeJob, { file, size }: PictureFile, { media, undecided }: Finding, options: PageSource['options']): Promise<void> {
  const { limits } = job
  // The pixels are begun before it is known what they are: the wait for the header is most of the gate's own time.
  const isLarge = media.format === 'jpeg' && size > largeJpegBytesMin
  const ahead = isLarge ? readPixels(sharp(file, options), 'raster') : undefined
  ahead?.catch(() => {})
  const metadata = await sharp(file, options).metadata()
  Object.assign(media, metadata.autoOrient)
  const pages = metadata.pages ?? 1
  const wanted = Math.min(pages, limits.animationFramesMax)
  if (pages > 1) media.kind = 'animation'
  if (pages > wanted) undecided.push('framesBeyondLimit')
  const readBatch = sequentialFormats.has(media.format) && pages > 1 ? readFrames : readPage
  for (let frame = media.frames ?? 0; frame < wanted;) {
    const { native, pictures } = await readBatch({ file, options, metadata, wanted, ahead }, frame)
    for (const pixels of pictures) {
      const timeS = startOf(metadata, frame)
      const about = timeS === undefined ? { frame, native } : { frame, native, timeS }
      const goOn = await deliverPixels(job, about, pixels)
      media.frames = ++frame
      if (!goOn) return
    }
  }
}

/** One page with a size and orientation of its own. */
async function readPage ({ file, options, metadata, ahead }: PageSource, page: number): Promise<Batch> {
  const pageOptions = page === 0 ? options : { ...options, page }
  const { autoOrient: native, orientation = 1 } = page === 0 ? metadata : await sharp(file, pageOptions).metadata()
  const size = fitsOwnSize(native) ? 'own' : 'raster'
  const stored = await (ahead !== undefined && size === 'raster' ? ahead : readPixels(sharp(file, pageOptions), size))
  return { native, pictures: [turnUpright(stored, orientation)] }
}

/**
 * Frames from `frame` on, the first alone, then ever more at once: the first verdict comes soon, and frames are not
 * decoded more than about twice. At a raster's edge a neighbouring frame shines in by at most 8 levels (measured).
 */
async function readFrames ({ file, options, metadata: { width, height }, wanted }: PageSource, frame: number): Promise<Batch> {
  const fitting = Math.max(1, Math.floor(batchPixelsMax / (width * height)))
  const pages = Math.min(wanted - frame, fitting, batchPagesMax, frame === 0 ? 1 : 4 * frame)
  // sharp counts the pixels of all pages together; that a single one is within the limit was seen with the metadata.
  const batchOptions = { ...options, page: frame, pages, limitInputPixels: options.limitInputPixels * pages }
  const tall = await readPixels(sharp(file, batchOptions), fitsOwnSize({ width, height }) ? 'own' : 'raster')
  const pageHeight = tall.height / pages
  const bytes = tall.data.length / pages
  const pictures = Array.from({ length: pages }, (_, index) =>
    ({ ...tall, height: pageHeight, data: tall.data.subarray(index * bytes, (index + 1) * bytes) }))
  return { native: { width, height }, pictures }
}

/** When a frame appears, from the delays in milliseconds. */
function startOf ({ delay }: Metadata, frame: number): number | undefined {
  return delay === undefined ? undefined : delay.slice(0, frame).reduce((sum, ms) => sum + ms, 0) / 1000
}

/** libvips has no error codes, only texts. */
function reasonOf (error: unknown): UndecidedReason {
  const text = error instanceof Error ? error.message : ''
  return /exceeds pixel limit/i.test(text) ? 'tooLarge' : 'undecodable'
}
