import sharp, { type SharpOptions } from 'sharp'
import type { Box, Size } from '../hash/raster.js'
import { kindOfProfile } from './colour-profile.js'
import { contentBytesMax, type UndecidedReason } from './decoder.js'
import { addReason, type DecodeJob, type Finding } from './decode-job.js'
import { FileBuffer } from './file-buffer.js'
import { readHead } from './file-head.js'
import { readJpegHeader } from './jpeg-header.js'
import { deliverPixels, fitsOwnSize, readPixels } from './picture-pixels.js'
import { jpegRasterPlanOf, rasterSizeOf, turnBoxUpright, turnUpright, type RasterPlan, type RawPixels } from './raster-work.js'
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
/** Where a JPEG's size and orientation stand: before them come a thumbnail and a colour profile, if anything. */
const jpegHeadBytes = 128 * 1024

type Strictness = 'strict' | 'bestEffort'

/** Decodes picture files, one after the other. One for a process, whose libvips it sets up: one thread, no cache, nothing but the allowed loaders. */
export class ImageDecoder {
  /** Longer files are left to libvips: to find out what a file is, it opens and maps it ten times over, for 0.6 ms (measured). */
  readonly #file = new FileBuffer(contentBytesMax)

  constructor () {
    sharp.cache(false)
    sharp.concurrency(1)
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: loaders.flatMap(name => [`VipsForeignLoad${name}File`, `VipsForeignLoad${name}Buffer`]) })
  }

  /** A damaged file is delivered as far as it goes, since viewers show it, too, and is `undecodable` at the same time. */
  async decode (job: DecodeJob, { format }: Sniffed): Promise<Finding> {
    const finding: Finding = { media: { kind: 'image', format }, undecided: [] }
    const file = job.content ?? this.#file.read(job.path) ?? job.path
    for (const strictness of ['strict', 'bestEffort'] as const) {
      try {
        await decodePages(job, file, finding, openOptions(job, format, strictness))
        return finding
      } catch (error) {
        const reason = reasonOf(error)
        addReason(finding, reason)
        if (reason === 'tooLarge') return finding
      }
    }
    return finding
  }
}

/** A file's bytes, or the path of a longer one. */
type PictureFile = Buffer | string

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

/** What a file says of its pages. */
interface Header {
  /** Of the first page, as stored. */
  stored: Size
  /** As in the Exif tag. */
  orientation: number
  pages: number
  /** An embedded ICC profile. */
  profile?: Uint8Array
  /** How long each page is shown, in milliseconds. */
  delay?: number[]
}

/** What pages are read from. */
interface PageSource {
  file: PictureFile
  options: SharpOptions & { limitInputPixels: number }
  header: Header
  format: string
  /** Pages wanted, counted from the first. */
  wanted: number
}

interface Batch {
  native: Size
  /** As in a decoded picture; none where pages are shown whole. */
  extent?: Box
  pictures: RawPixels[]
}

/** `finding.media.frames` counts what was delivered, so that a second run goes on where the first one failed. */
async function decodePages (job: DecodeJob, file: PictureFile, finding: Finding, options: PageSource['options']): Promise<void> {
  const { media } = finding
  const { limits } = job
  const { format } = media
  const header = (format === 'jpeg' ? jpegHeader(file) : undefined) ?? await readHeader(file, options)
  Object.assign(media, uprightSize(header))
  const wanted = Math.min(header.pages, limits.animationFramesMax)
  if (header.pages > 1) media.kind = 'animation'
  if (header.pages > wanted) addReason(finding, 'framesBeyondLimit')
  // Known material is taken as its profile shows it.
  const profileKind = header.profile === undefined || job.sampling === 'dense' ? 'plain' : kindOfProfile(header.profile)
  if (profileKind === 'disordered') addReason(finding, 'unsupported')
  const readings = profileKind === 'plain' ? [options] : [options, { ...options, ignoreIcc: true }]
  const readBatch = sequentialFormats.has(format) && header.pages > 1 ? readFrames : readPage
  for (let frame = media.frames ?? 0; frame < wanted;) {
    const [heeding, ignoring] = await Promise.all(readings.map(async reading => await readBatch({ file, format, options: reading, header, wanted }, frame)))
    if (heeding === undefined) return
    for (const [index, pixels] of heeding.pictures.entries()) {
      const timeS = startOf(header, frame)
      const { pictures, ...shown } = heeding
      const about = timeS === undefined ? { frame, ...shown } : { frame, ...shown, timeS }
      const other = ignoring?.pictures[index]
      const goOn = await deliverPixels(job, about, pixels) && (other === undefined || await deliverPixels(job, about, other))
      media.frames = ++frame
      if (!goOn) return
    }
  }
}

function jpegHeader (file: PictureFile): Header | undefined {
  const header = readJpegHeader(typeof file === 'string' ? readHead(file, jpegHeadBytes) : file)
  return header === undefined ? undefined : { stored: header, orientation: header.orientation, pages: 1, ...(header.profile === undefined ? {} : { profile: header.profile }) }
}

async function readHeader (file: PictureFile, options: SharpOptions): Promise<Header> {
  const { width, height, orientation = 1, pages = 1, delay, icc } = await sharp(file, options).metadata()
  return { stored: { width, height }, orientation, pages, ...(delay === undefined ? {} : { delay }), ...(icc === undefined ? {} : { profile: icc }) }
}

function uprightSize ({ stored: { width, height }, orientation }: Header): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height }
}

/** One page with a size and orientation of its own. */
async function readPage ({ file, format, options, header }: PageSource, page: number): Promise<Batch> {
  const pageOptions = page === 0 ? options : { ...options, page }
  const ofPage = page === 0 ? header : await readHeader(file, pageOptions)
  const { stored, orientation } = ofPage
  const plan: RasterPlan | undefined = fitsOwnSize(stored) ? undefined : format === 'jpeg' ? jpegRasterPlanOf(stored) : { raster: rasterSizeOf(stored) }
  const pixels = await readPixels(sharp(file, pageOptions), plan?.raster ?? 'own')
  const extent = plan?.extent && turnBoxUpright(plan.extent, pixels, orientation)
  return { native: uprightSize(ofPage), ...(extent === undefined ? {} : { extent }), pictures: [turnUpright(pixels, orientation)] }
}

/**
 * Frames from `frame` on, the first alone, then ever more at once: the first verdict comes soon, and frames are not
 * decoded more than about twice. At a raster's edge a neighbouring frame shines in by at most 8 levels (measured).
 */
async function readFrames ({ file, options, header: { stored: { width, height } }, wanted }: PageSource, frame: number): Promise<Batch> {
  const fitting = Math.max(1, Math.floor(batchPixelsMax / (width * height)))
  const pages = Math.min(wanted - frame, fitting, batchPagesMax, frame === 0 ? 1 : 4 * frame)
  // sharp counts the pixels of all pages together; that a single one is within the limit was seen with the metadata.
  const batchOptions = { ...options, page: frame, pages, limitInputPixels: options.limitInputPixels * pages }
  const tall = await readPixels(sharp(file, batchOptions), fitsOwnSize({ width, height }) ? 'own' : rasterSizeOf({ width, height }))
  const pageHeight = tall.height / pages
  const bytes = tall.data.length / pages
  const pictures = Array.from({ length: pages }, (_, index) =>
    ({ ...tall, height: pageHeight, data: tall.data.subarray(index * bytes, (index + 1) * bytes) }))
  return { native: { width, height }, pictures }
}

/** When a frame appears, from the delays in milliseconds. */
function startOf ({ delay }: Header, frame: number): number | undefined {
  return delay === undefined ? undefined : delay.slice(0, frame).reduce((sum, ms) => sum + ms, 0) / 1000
}

/** libvips has no error codes, only texts. */
function reasonOf (error: unknown): UndecidedReason {
  const text = error instanceof Error ? error.message : ''
  return /exceeds pixel limit/i.test(text) ? 'tooLarge' : 'undecodable'
}
