import { readFile, stat } from 'node:fs/promises'
import type { HeifImage } from 'libheif-js/wasm-bundle.js'
import sharp from 'sharp'
import type { DecodeJob, Finding } from './decode-job.js'
import { slowPicturePixelsMax } from './image-decoder.js'
import { deliverPixels, fitsOwnSize, readPixels } from './picture-pixels.js'
import { rasterSizeOf } from './raster-work.js'

/** The decoder reads from memory; a phone's picture has a few megabytes. */
const fileBytesMax = 256 * 1024 * 1024

/**
 * Decodes HEIC, which libvips' own build cannot (HEVC): libheif in WebAssembly gives each picture whole, its tiles
 * put together, cropped, turned and mirrored as the file says. Thumbnails and tiles are not pictures of their own.
 */
export async function decodeHeic (job: DecodeJob): Promise<Finding> {
  const finding: Finding = { media: { kind: 'image', format: 'heic' }, undecided: [] }
  const { size } = await stat(job.path)
  if (size > fileBytesMax) return { ...finding, undecided: ['tooLarge'] }
  const { default: libheif } = await import('libheif-js/wasm-bundle.js')
  const decoder = new libheif.HeifDecoder()
  try {
    const images = decoder.decode(await readFile(job.path))
    // The primary picture is what viewers show, and is named first.
    images.sort((a, b) => Number(b.is_primary()) - Number(a.is_primary()))
    await decodePictures(job, images, finding)
    for (const image of images) image.free()
  } catch {
    // A trap in WebAssembly: the module's memory is not to be trusted any more, but the child may still answer.
    addReason(finding, 'undecodable')
  } finally {
    if (decoder.decoder !== null) libheif.heif_context_free(decoder.decoder)
  }
  return finding
}

async function decodePictures (job: DecodeJob, images: HeifImage[], finding: Finding): Promise<void> {
  const { media } = finding
  const wanted = images.slice(0, job.limits.animationFramesMax)
  if (images.length === 0) addReason(finding, 'undecodable')
  if (images.length > 1) media.kind = 'animation'
  if (images.length > wanted.length) addReason(finding, 'framesBeyondLimit')
  for (const [frame, image] of wanted.entries()) {
    const native = { width: image.get_width(), height: image.get_height() }
    if (frame === 0) Object.assign(media, native)
    if (native.width * native.height > Math.min(job.limits.picturePixelsMax, slowPicturePixelsMax)) {
      addReason(finding, 'tooLarge')
      continue
    }
    const data = await display(image, native.width * native.height * 4)
    if (data === undefined) {
      addReason(finding, 'undecodable')
      continue
    }
    const whole = sharp(data, { raw: { ...native, channels: 4 }, limitInputPixels: false })
    const pixels = await readPixels(whole, fitsOwnSize(native) ? 'own' : rasterSizeOf(native))
    media.frames = (media.frames ?? 0) + 1
    if (!await deliverPixels(job, { frame, native }, pixels)) return
  }
}

function addReason ({ undecided }: Finding, reason: Finding['undecided'][number]): void {
  if (!undecided.includes(reason)) undecided.push(reason)
}

async function display (image: HeifImage, bytes: number): Promise<Uint8ClampedArray | undefined> {
  const target = { data: new Uint8ClampedArray(bytes) }
  return await new Promise(resolve => { image.display(target, result => resolve(result?.data)) })
}
