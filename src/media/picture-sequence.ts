import { open } from 'node:fs/promises'
import { hasTopBox } from './boxes.js'
import type { Sniffed } from './sniff.js'

/** Chunks before the first pixels: profiles and texts may be large, but hardly larger. */
const chunkBytesMax = 1024 * 1024
const pngSignatureBytes = 8
const boxedFormats = new Set(['avif', 'heic'])

/**
 * The demuxers that can read the film inside a picture file, where it holds one that libvips does not show: browsers
 * play the frames of an APNG, and the track of an image sequence (AVIF, HEIC), not the still picture beside them.
 */
export async function sequenceDemuxers (path: string, { format, sequence }: Sniffed): Promise<string[]> {
  // Whatever the brands say, a player that is handed the file as a film looks for its index.
  if (sequence === true || (boxedFormats.has(format) && await hasTopBox(path, 'moov'))) return ['mov']
  return format === 'png' && await isAnimatedPng(path) ? ['apng'] : []
}

/** An `acTL` chunk before the first `IDAT` makes it an APNG (PNG specification, third edition, 11.3.6.1). */
async function isAnimatedPng (path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    for (let wanted = 4096; ; wanted = chunkBytesMax) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, 0)
      const found = firstOf(buffer.subarray(0, bytesRead), ['acTL', 'IDAT'])
      if (found !== undefined) return found === 'acTL'
      // Chunks of such a length are made to hide something: let the demuxer look.
      if (wanted === chunkBytesMax) return bytesRead === chunkBytesMax
    }
  } finally {
    await file.close()
  }
}

function firstOf (bytes: Buffer, types: readonly string[]): string | undefined {
  for (let offset = pngSignatureBytes; offset + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', offset + 4, offset + 8)
    if (types.includes(type)) return type
    // Length, type and checksum stand around the data.
    offset += bytes.readUInt32BE(offset) + 12
  }
  return undefined
}
