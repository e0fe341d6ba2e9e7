import { open } from 'node:fs/promises'
import type { DecodeJob, Finding } from './decode-job.js'
import type { MediaInfo } from './decoder.js'
import { decodeHeic } from './heic-decoder.js'
import { decodeImage } from './image-decoder.js'
import { headBytes, sniff, type Sniffed } from './sniff.js'
import { filmDemuxers, type VideoDecoder } from './video-decoder.js'

/** What is loaded only when the first upload needs it. */
export interface Decoders {
  video (): Promise<VideoDecoder | undefined>
}

/** Sniffs an upload and gives it to the decoder for it. Throws only where the gate itself is at fault. */
export async function decodeUpload (decoders: Decoders, job: DecodeJob): Promise<Finding> {
  const sniffed = sniff(await readHead(job.path))
  const media: MediaInfo = { kind: sniffed.kind === 'animation?' ? 'image' : sniffed.kind, format: sniffed.format }
  job.announce(media)
  if (media.format === 'unknown') return await decodeUnknown(decoders, job, media)
  if (media.kind === 'other') return { media, undecided: [] }
  if (!sniffed.decodable) return { media, undecided: ['unsupported'] }
  if (media.kind === 'video') return await decodeFilm(decoders, job, media)
  return await decodePicture(job, sniffed)
}

async function decodePicture (job: DecodeJob, sniffed: Sniffed): Promise<Finding> {
  return sniffed.format === 'heic' ? await decodeHeic(job) : await decodeImage(job, sniffed)
}

async function decodeFilm (decoders: Decoders, job: DecodeJob, media: MediaInfo): Promise<Finding> {
  const decoder = await decoders.video()
  return decoder === undefined ? { media, undecided: ['decoderMissing'] } : await decoder.decode(job, media.format, filmDemuxers)
}

/**
 * A film may begin behind junk, and players find it. What gives no frame is no film: most unknown files are none, and
 * a text must not be held because FFmpeg took it for a damaged recording.
 */
async function decodeUnknown (decoders: Decoders, job: DecodeJob, media: MediaInfo): Promise<Finding> {
  const decoder = await decoders.video()
  if (decoder === undefined) return { media, undecided: [] }
  // It is announced as a film only with its first frame.
  const finding = await decoder.decode({ ...job, announce: () => {} }, media.format, filmDemuxers)
  return finding.media.frames === undefined ? { media, undecided: [] } : finding
}

async function readHead (path: string): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
