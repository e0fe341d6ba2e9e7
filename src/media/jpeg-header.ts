/** What a JPEG file says of its picture, read without decoding anything. */
export interface JpegHeader {
  /** As stored, before it is turned upright. */
  width: number
  height: number
  /** 1 to 8 as in the Exif tag Orientation (CIPA DC-008, 4.6.5); 1 where the file has none. */
  orientation: number
  /** An embedded ICC profile. */
  profile?: Uint8Array
}

/** Segments before the frame header; a camera writes about ten. */
const segmentsMax = 1000
const markers = { prefix: 0xff, app1: 0xe1, app2: 0xe2, startOfScan: 0xda, frames: [0xc0, 0xc1, 0xc2] } as const
const exifSignature = 'Exif\0\0'
const profileSignature = 'ICC_PROFILE\0'
const orientationTag = 0x0112
const shortType = 3

/**
 * Size and orientation from the segments before the picture (ITU-T T.81, annex B).
 * Asking libvips for them opens the file a second time and costs up to a millisecond.
 * @returns undefined where the file is in any way unusual: then the decoder's own reading counts.
 */
export function readJpegHeader (file: Buffer): JpegHeader | undefined {
  let orientation: number | undefined
  let profile: Uint8Array | undefined
  for (let segment = 0, offset = 2; segment < segmentsMax && offset + 9 <= file.length; segment++) {
    const marker = file[offset + 1] ?? 0
    const end = offset + 2 + file.readUInt16BE(offset + 2)
    if (file[offset] !== markers.prefix || marker < 0xc0 || marker === markers.startOfScan) return undefined
    if (markers.frames.some(frame => frame === marker)) {
      const [height, width] = [file.readUInt16BE(offset + 5), file.readUInt16BE(offset + 7)]
      // A height of 0 is told after the first scan.
      return width > 0 && height > 0 ? { width, height, orientation: orientation ?? 1, ...(profile === undefined ? {} : { profile }) } : undefined
    }
    if (marker === markers.app2 && file.toString('latin1', offset + 4, offset + 16) === profileSignature) {
      // A profile in several parts is a long one (ICC.1:2022, annex B.4).
      if (profile !== undefined || file[offset + 16] !== 1 || file[offset + 17] !== 1) return undefined
      profile = file.subarray(offset + 18, end)
    }
    if (marker === markers.app1 && file.toString('latin1', offset + 4, offset + 10) === exifSignature) {
      // Which of two counts is a matter of taste.
      if (orientation !== undefined) return undefined
      orientation = orientationOf(file.subarray(offset + 10, end))
      if (orientation === undefined) return undefined
    }
    offset = end
  }
  return undefined
}

/** From the first directory of a TIFF structure (TIFF 6.0, section 2); undefined where it is not as it should be. */
function orientationOf (tiff: Buffer): number | undefined {
  const order = tiff.toString('latin1', 0, 2)
  if (tiff.length < 10 || (order !== 'II' && order !== 'MM')) return undefined
  const short = (offset: number): number => order === 'II' ? tiff.readUInt16LE(offset) : tiff.readUInt16BE(offset)
  const long = (offset: number): number => order === 'II' ? tiff.readUInt32LE(offset) : tiff.readUInt32BE(offset)
  const directory = long(4)
  if (directory < 8 || directory + 2 > tiff.length) return undefined
  const entries = short(directory)
  if (directory + 2 + 12 * entries > tiff.length) return undefined
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    if (short(entry) !== orientationTag) continue
    const orientation = short(entry + 8)
    return short(entry + 2) === shortType && long(entry + 4) === 1 && orientation >= 1 && orientation <= 8 ? orientation : undefined
  }
  return 1
}
