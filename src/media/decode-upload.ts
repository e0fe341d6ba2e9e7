import { open } from 'node:fs/promises'
import type { DecodeJob, Finding } from './decode-job.js'
import { decodeHeic } from './heic-decoder.js'
import { decodeImage } from './image-decoder.js'
import { headBytes, sniff } from './sniff.js'

/** Sniffs an upload and gives it to the decoder for it. Throws only where the gate itself is at fault. */
export async function decodeUpload (job: DecodeJob): Promise<Finding> {
  const sniffed = sniff(await readHead(job.path))
  const kind = sniffed.kind === 'animation?' ? 'image' : sniffed.kind
  const media = { kind, format: sniffed.format }
  job.announce(media)
  if (kind === 'image' && !sniffed.decodable) return { media, undecided: ['unsupported'] }
  if (sniffed.format === 'heic') return await decodeHeic(job)
  if (kind === 'image') return await decodeImage(job, sniffed)
  return { media, undecided: [] }
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
