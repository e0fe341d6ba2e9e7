import type { MediaInfo } from './decoder.js'
import { asMarkup, isMarkup, namesSvg } from './svg.js'

/**
 * What an upload is, from its first bytes: never from its name or its declared type.
 * Everything here compares bytes at fixed places or scans the head once. No length from the file is followed, so
 * this may run outside the decoder child. Signatures: the formats' own specifications, and RFC 9559 (Matroska),
 * ISO/IEC 14496-12 and 23008-12 (brands of `ftyp`), ISO/IEC 13818-1 (MPEG streams).
 */

/** How many first bytes `sniff` wants; fewer are taken as they are. */
export const headBytes = 4096

/** `animation?`: a picture format that may hold several pictures. */
export type SniffedKind = 'image' | 'animation?' | 'video' | 'other'

export interface Sniffed {
  kind: SniffedKind
  /** Lower-case short name; `unknown` where nothing fits. */
  format: string
  /** False for formats that are known for what they are, but not decoded. */
  decodable: boolean
  /** A film track may stand beside the picture. */
  sequence?: true
}

interface Signature {
  format: string
  kind: SniffedKind
  /** Text in latin-1, or bytes in hexadecimal; `??` is any byte. */
  at: ReadonlyArray<readonly [offset: number, text: string] | readonly [offset: number, hex: string, 'hex']>
  unsupported?: true
}

/** Order matters where one signature begins another. */
const signatures: readonly Signature[] = [
  { format: 'jpeg', kind: 'image', at: [[0, 'ffd8ff', 'hex']] },
  { format: 'png', kind: 'animation?', at: [[0, '89504e470d0a1a0a', 'hex']] },
  { format: 'gif', kind: 'animation?', at: [[0, 'GIF87a']] },
  { format: 'gif', kind: 'animation?', at: [[0, 'GIF89a']] },
  { format: 'webp', kind: 'animation?', at: [[0, 'RIFF'], [8, 'WEBP']] },
  { format: 'tiff', kind: 'animation?', at: [[0, '49492a00', 'hex']] },
  { format: 'tiff', kind: 'animation?', at: [[0, '4d4d002a', 'hex']] },
  { format: 'tiff', kind: 'animation?', at: [[0, '49492b00', 'hex']] },
  { format: 'tiff', kind: 'animation?', at: [[0, '4d4d002b', 'hex']] },

  // Behind these letters, what nobody reads: two fields of zeros, as they should be, or the upper bytes of a header's short length.
  { format: 'bmp', kind: 'image', at: [[0, 'BM'], [6, '00000000', 'hex']], unsupported: true },
  { format: 'bmp', kind: 'image', at: [[0, 'BM'], [15, '000000', 'hex']], unsupported: true },
  { format: 'ico', kind: 'image', at: [[0, '00000100', 'hex']], unsupported: true },
  { format: 'cur', kind: 'image', at: [[0, '00000200', 'hex']], unsupported: true },
  { format: 'icns', kind: 'image', at: [[0, 'icns']], unsupported: true },
  { format: 'psd', kind: 'image', at: [[0, '8BPS']], unsupported: true },
  { format: 'xcf', kind: 'image', at: [[0, 'gimp xcf']], unsupported: true },
  { format: 'jxl', kind: 'image', at: [[0, 'ff0a', 'hex']], unsupported: true },
  { format: 'jxl', kind: 'image', at: [[4, 'JXL ']], unsupported: true },
  { format: 'jp2', kind: 'image', at: [[4, 'jP  ']], unsupported: true },
  { format: 'jp2', kind: 'image', at: [[0, 'ff4fff51', 'hex']], unsupported: true },
  { format: 'jxr', kind: 'image', at: [[0, '4949bc', 'hex']], unsupported: true },
  { format: 'exr', kind: 'image', at: [[0, '762f3101', 'hex']], unsupported: true },
  { format: 'hdr', kind: 'image', at: [[0, '#?R']], unsupported: true },
  { format: 'dds', kind: 'image', at: [[0, 'DDS ']], unsupported: true },
  { format: 'qoi', kind: 'image', at: [[0, 'qoif']], unsupported: true },
  { format: 'flif', kind: 'image', at: [[0, 'FLIF']], unsupported: true },
  { format: 'bpg', kind: 'image', at: [[0, '425047fb', 'hex']], unsupported: true },
  { format: 'djvu', kind: 'image', at: [[0, 'AT&TFORM']], unsupported: true },
  { format: 'mng', kind: 'image', at: [[0, '8a4d4e470d0a1a0a', 'hex']], unsupported: true },
  { format: 'jng', kind: 'image', at: [[0, '8b4a4e470d0a1a0a', 'hex']], unsupported: true },
  { format: 'raf', kind: 'image', at: [[0, 'FUJIFILMCCD-RAW']], unsupported: true },
  { format: 'rw2', kind: 'image', at: [[0, '49495500', 'hex']], unsupported: true },
  { format: 'orf', kind: 'image', at: [[0, 'IIRO']], unsupported: true },
  { format: 'pcx', kind: 'image', at: [[0, '0a0501', 'hex']], unsupported: true },
  { format: 'fits', kind: 'image', at: [[0, 'SIMPLE  =']], unsupported: true },
  { format: 'wmf', kind: 'image', at: [[0, 'd7cdc69a', 'hex']], unsupported: true },
  { format: 'emf', kind: 'image', at: [[0, '01000000', 'hex'], [40, ' EMF']], unsupported: true },

  { format: 'avi', kind: 'video', at: [[0, 'RIFF'], [8, 'AVI ']] },
  { format: 'flv', kind: 'video', at: [[0, 'FLV'], [3, '01', 'hex']] },
  { format: 'asf', kind: 'video', at: [[0, '3026b2758e66cf11', 'hex']] },
  { format: 'ogg', kind: 'video', at: [[0, 'OggS']] },
  { format: 'mpegps', kind: 'video', at: [[0, '000001ba', 'hex']] },
  { format: 'mpegvideo', kind: 'video', at: [[0, '000001b3', 'hex']] },
  { format: 'ivf', kind: 'video', at: [[0, 'DKIF']] },
  { format: 'mxf', kind: 'video', at: [[0, '060e2b34', 'hex']] },
  { format: 'rm', kind: 'video', at: [[0, '.RMF']] },
  { format: 'mpegts', kind: 'video', at: [[0, 'G'], [188, 'G'], [376, 'G'], [564, 'G']] },
  { format: 'mpegts', kind: 'video', at: [[4, 'G'], [196, 'G'], [388, 'G'], [580, 'G']] },
  { format: 'mpegts', kind: 'video', at: [[0, 'G'], [204, 'G'], [408, 'G'], [612, 'G']] },
  { format: 'swf', kind: 'video', at: [[0, 'FWS']], unsupported: true },
  { format: 'swf', kind: 'video', at: [[0, 'CWS']], unsupported: true },
  { format: 'wtv', kind: 'video', at: [[0, 'b7d800203749da11', 'hex']], unsupported: true },

  // Sound that may carry a picture, behind an ID3 tag of version 2 to 4 or in a block of its own.
  ...['02', '03', '04'].map((version): Signature => ({ format: 'mp3', kind: 'video', at: [[0, 'ID3'], [3, version, 'hex']] })),
  { format: 'flac', kind: 'video', at: [[0, 'fLaC']] },

  { format: 'wav', kind: 'other', at: [[0, 'RIFF'], [8, 'WAVE']] },
  { format: 'midi', kind: 'other', at: [[0, 'MThd']] },
  { format: 'pdf', kind: 'other', at: [[0, '%PDF-']] },
  { format: 'zip', kind: 'other', at: [[0, 'PK'], [2, '0304', 'hex']] },
  { format: 'zip', kind: 'other', at: [[0, 'PK'], [2, '0506', 'hex']] },
  { format: 'gzip', kind: 'other', at: [[0, '1f8b08', 'hex']] },
  { format: 'bzip2', kind: 'other', at: [[0, 'BZh']] },
  { format: 'xz', kind: 'other', at: [[0, 'fd377a585a00', 'hex']] },
  { format: 'zstd', kind: 'other', at: [[0, '28b52ffd', 'hex']] },
  { format: '7z', kind: 'other', at: [[0, '377abcaf271c', 'hex']] },
  { format: 'rar', kind: 'other', at: [[0, 'Rar!']] },
  { format: 'elf', kind: 'other', at: [[0, '7f454c46', 'hex']] }
]

/** Brands of `ftyp` that are pictures; every other brand is a film or sound, and the demuxer tells. */
const pictureBrands: Readonly<Record<string, Pick<Sniffed, 'kind' | 'format' | 'sequence'> & { unsupported?: true }>> = {
  heic: { kind: 'animation?', format: 'heic' },
  heix: { kind: 'animation?', format: 'heic' },
  heim: { kind: 'animation?', format: 'heic' },
  heis: { kind: 'animation?', format: 'heic' },
  hevc: { kind: 'animation?', format: 'heic', sequence: true },
  hevx: { kind: 'animation?', format: 'heic', sequence: true },
  avif: { kind: 'animation?', format: 'avif' },
  avis: { kind: 'animation?', format: 'avif', sequence: true },
  'crx ': { kind: 'image', format: 'cr3', unsupported: true }
}
/** Brands that leave the codec to the list of compatible brands behind them (ISO/IEC 23008-12). */
const neutralBrands = new Set(['mif1', 'mif2', 'msf1', 'miaf', '1pic'])
const compatibleBrandOffsets = [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60]
/** Top-level boxes that open a QuickTime film without `ftyp`. */
const quicktimeBoxes = new Set(['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'])

const compiled = signatures.map(signature => ({
  ...signature,
  at: signature.at.map(([offset, value, hex]) => ({ offset, bytes: Buffer.from(value, hex ?? 'latin1') }))
}))

/**
 * Names the format of an upload from its first `headBytes` bytes.
 * @param head may be shorter than `headBytes`, also empty
 */
export function sniff (head: Uint8Array): Sniffed {
  const boxType = textAt(head, 4)
  if (boxType === 'ftyp') return sniffBrand(head)
  for (const { format, kind, at, unsupported } of compiled) {
    if (at.every(({ offset, bytes }) => hasBytes(head, offset, bytes))) return { kind, format, decodable: kind !== 'other' && unsupported !== true }
  }
  if (quicktimeBoxes.has(boxType)) return { kind: 'video', format: 'mov', decodable: true }
  if (hasBytes(head, 0, matroskaMagic)) return { kind: 'video', format: includesText(head.subarray(0, 64), 'webm') ? 'webm' : 'matroska', decodable: true }
  return sniffText(head)
}

/**
 * What an upload seems to be, for an answer that needed no decoding: whether a picture format moves is not known yet.
 * @param head as for `sniff`
 */
export function sniffMedia (head: Uint8Array): Pick<MediaInfo, 'kind' | 'format'> {
  const { kind, format } = sniff(head)
  return { kind: kind === 'animation?' ? 'image' : kind, format }
}

/**
 * The lane for an upload: whatever may be a film goes the slow way, also what is unknown, since only the
 * decoder child can tell whether a film begins somewhere in it.
 */
export function laneOf (head: Uint8Array): 'picture' | 'video' {
  const { kind, format } = sniff(head)
  return kind === 'video' || format === 'unknown' ? 'video' : 'picture'
}

const matroskaMagic = Buffer.from('1a45dfa3', 'hex')

function sniffBrand (head: Uint8Array): Sniffed {
  const major = textAt(head, 8)
  const brand = neutralBrands.has(major)
    ? compatibleBrandOffsets.map(offset => textAt(head, offset)).find(name => Object.hasOwn(pictureBrands, name)) ?? 'heic'
    : major
  const picture = Object.hasOwn(pictureBrands, brand) ? pictureBrands[brand] : undefined
  if (picture === undefined) return { kind: 'video', format: major === 'qt  ' ? 'mov' : 'mp4', decodable: true }
  const { kind, format, unsupported } = picture
  const sequence = picture.sequence === true || major === 'msf1'
  return { kind, format, decodable: unsupported !== true, ...(sequence ? { sequence } : {}) }
}

function sniffText (head: Uint8Array): Sniffed {
  if (/^P[1-7fF][\s#]/.test(textAt(head, 0))) return { kind: 'image', format: 'pnm', decodable: false }
  const text = asMarkup(head)
  // An archive has a name where markup begins; its mark may stand anywhere in a drawing.
  if (textAt(head, 257) === 'usta' && !isMarkup(text)) return { kind: 'other', format: 'tar', decodable: false }
  if (namesSvg(text)) return { kind: 'image', format: 'svg', decodable: false }
  if (isTarga(head)) return { kind: 'image', format: 'tga', decodable: false }
  return { kind: 'other', format: 'unknown', decodable: false }
}

/** Targa has no signature; the fields of its header take few values (Truevision TGA specification 2.0, table 1). */
function isTarga (head: Uint8Array): boolean {
  const [, mapType = 2, imageType = 0, ...rest] = head.subarray(0, 18)
  const [mapStart0, mapStart1, mapLength0 = 0, mapLength1 = 0, mapDepth = 0, , , , , width0 = 0, width1 = 0, height0 = 0, height1 = 0, depth = 0, descriptor = 255] = rest
  const hasMap = mapType === 1 && [1, 9].includes(imageType) && mapStart0 === 0 && mapStart1 === 0 && mapLength0 + mapLength1 > 0 && [15, 16, 24, 32].includes(mapDepth)
  const hasNone = mapType === 0 && [2, 3, 10, 11].includes(imageType) && rest.slice(0, 5).every(byte => byte === 0)
  return (hasMap || hasNone) && width0 + width1 > 0 && height0 + height1 > 0 && [8, 15, 16, 24, 32].includes(depth) && (descriptor & 0xc0) === 0
}

function hasBytes (head: Uint8Array, offset: number, bytes: Uint8Array): boolean {
  if (head.length < offset + bytes.length) return false
  for (let i = 0; i < bytes.length; i++) if (head[offset + i] !== bytes[i]) return false
  return true
}

/** Four characters, as `ftyp` and its brands are. */
function textAt (head: Uint8Array, offset: number): string {
  return String.fromCharCode(...head.subarray(offset, offset + 4))
}

function includesText (head: Uint8Array, text: string): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).includes(text, 0, 'latin1')
}
