import { open, type FileHandle } from 'node:fs/promises'

/** Top-level boxes that are looked at; a fragmented film has two for each second or so. */
const boxesMax = 100_000
const headerBytes = 16
/** Sample entries come early in the index, before the tables that make it long. */
const indexBytesMax = 8 * 1024 * 1024
/** Boxes that a film or picture cannot be without. Others may be a trailer that only looks like a box. */
const neededBoxes = new Set(['moov', 'moof', 'mdat', 'meta'])

/**
 * Whether an MP4, QuickTime or HEIF file ends in the middle of a top-level box (ISO/IEC 14496-12, 4.2): demuxers take
 * the end of the file for the end of the film, and libheif leaves missing tiles black. Follows lengths of the file, so it belongs into the decoder child.
 */
export async function isCutOff (path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    let offset = 0
    for (let box = 0; box < boxesMax && offset < size; box++) {
      const { type, length } = await readBox(file, offset, size)
      if (length < 8) return false
      if (offset + length > size) return neededBoxes.has(type)
      offset += length
    }
    return false
  } finally {
    await file.close()
  }
}

/** Whether a file of boxes has one of this type at its top; true also where it has more boxes than are looked at. */
export async function hasTopBox (path: string, wanted: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    for (let offset = 0, box = 0; offset < size; box++) {
      const { type, length } = await readBox(file, offset, size)
      if (type === wanted || box === boxesMax) return true
      if (length < 8) return false
      offset += length
    }
    return false
  } finally {
    await file.close()
  }
}

/**
 * Whether a track of an MP4 says that it is encrypted: a sample entry `encv` (ISO/IEC 14496-12, 8.12) somewhere in the
 * film's index. Only for a film that does not decode: the four letters may stand there for something else.
 */
export async function saysEncrypted (path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    for (let offset = 0, box = 0; box < boxesMax && offset < size; box++) {
      const { type, length } = await readBox(file, offset, size)
      if (length < 8) return false
      if (type === 'moov') {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, indexBytesMax)), 0, Math.min(length, indexBytesMax), offset)
        return buffer.subarray(0, bytesRead).includes('encv', 0, 'latin1')
      }
      offset += length
    }
    return false
  } finally {
    await file.close()
  }
}

/** The length is 0 where there is no sensible one. */
async function readBox (file: FileHandle, offset: number, size: number): Promise<{ type: string, length: number }> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, offset)
  if (bytesRead < 8) return { type: '', length: 0 }
  const type = buffer.toString('latin1', 4, 8)
  const length = buffer.readUInt32BE(0)
  if (length === 0) return { type, length: size - offset }
  if (length > 1) return { type, length }
  return { type, length: bytesRead < headerBytes ? 0 : Number(buffer.readBigUInt64BE(8)) }
}
