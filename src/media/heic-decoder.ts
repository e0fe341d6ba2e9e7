import { readFile, stat } from 'node:fs/promises'
import type { HeifImage } from 'libheif-js/wasm-bundle.js'
import sharp from 'sharp'
import type { Size } from '../hash/raster.js'
import { addReason, type DecodeJob, type Finding } from './decode-job.js'
import { slowPicturePixelsMax } from './image-decoder.js'
import { deliverPixels, fitsOwnSize, readPixels } from './picture-pixels.js'
import { rasterSizeOf } from './raster-work.js'

/** The decoder reads from memory; a phone's picture has a few megabytes. */
const fileBytesMax = 256 * 1024 * 1024
const rgbaChannels = 4

/**
 * Decodes HEIC, which libvips' own build cannot (HEVC): libheif in WebAssembly gives each picture whole, its tiles
 * put together, cropped, turned and mirrored as the file says. Thumbnails and tiles are not pictures of their own.
 */
export async function decodeHeic (job: DecodeJob): Promise<Finding> {
  const finding: Finding = { media: { kind: 'image', format: 'heic' }, undecided: [] }
  const { size } = await stat(job.path)
  if (size > fileBytesMax) return { ...finding, undecided: ['tooLarge'] }
  try {
    await withHeicImages(await readFile(job.path), async images => { await decodePictures(job, images, finding) })
  } catch {
    // A trap in WebAssembly: the module's memory is not to be trusted any more, but the child may still answer.
    addReason(finding, 'undecodable')
  }
  return finding
}

/** One picture of a file, as it is shown. */
export interface HeicImage {
  native: Size
  /** RGBA; `undefined` where it cannot be decoded. */
  pixels: () => Promise<Uint8ClampedArray | undefined>
}

/**
 * The pictures of a file, none where it does not parse; they are gone when `use` has ended.
 * @throws Error for a trap in WebAssembly
 */
export async function withHeicImages<Result> (file: Uint8Array, use: (images: readonly HeicImage[]) => Promise<Result>): Promise<Result> {
  const { default: libheif } = await import('libheif-js/wasm-bundle.js')
  const decoder = new libheif.HeifDecoder()
  try {
    const images = decoder.decode(file)
    // The primary picture is what viewers show, and is named first.
    images.sort((a, b) => Number(b.is_primary()) - Number(a.is_primary()))
    const result = await use(images.map(image => {
      const native = { width: image.get_width(), height: image.get_height() }
      return { native, pixels: async () => await display(image, native) }
    }))
    for (const image of images) image.free()
    return result
  } finally {
    if (decoder.decoder !== null) libheif.heif_context_free(decoder.decoder)
  }
}

async function decodePictures (job: DecodeJob, images: readonly HeicImage[], finding: Finding): Promise<void> {
  const { media } = finding
  const wanted = images.slice(0, job.limits.animationFramesMax)
  if (images.length === 0) addReason(finding, 'undecodable')
  if (images.length > 1) media.kind = 'animation'
  if (images.length > wanted.length) addReason(finding, 'framesBeyondLimit')
  for (const [frame, { native, pixels }] of wanted.entries()) {
    if (frame === 0) Object.assign(media, native)
    if (native.width * native.height > Math.min(job.limits.picturePixelsMax, slowPicturePixelsMax)) {
      addReason(finding, 'tooLarge')
      continue
    }
    const data = await pixels()
    if (data === undefined) {
      addReason(finding, 'undecodable')
      continue
    }
    const whole = sharp(data, { raw: { ...native, channels: rgbaChannels }, limitInputPixels: false })
    const read = await readPixels(whole, fitsOwnSize(native) ? 'own' : rasterSizeOf(native))
    media.frames = (media.frames ?? 0) + 1
    if (!await deliverPixels(job, { frame, native }, read)) return
  }
}

async function display (image: HeifImage, { width, height }: Size): Promise<Uint8ClampedArray | undefined> {
  const target = { data: new Uint8ClampedArray(width * height * rgbaChannels) }
  return await new Promise(resolve => { image.display(target, result => resolve(result?.data)) })
}
