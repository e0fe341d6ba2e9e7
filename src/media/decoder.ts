import type { Box, Raster, Size } from '../hash/raster.js'

/**
 * The contract between whoever wants pixels and the decoder child that makes them.
 * Nothing behind it throws for a bad file: what could not be decoded is said in the outcome.
 */

/** Why the gate could not know. Every reason stands in docs/reference/errors.md. */
export const undecidedReasons = [
  /** The content claims to be a picture or video, but does not decode, or only in part. */
  'undecodable',
  /** A picture or video in a format that the gate does not decode, or with a colour profile that programs read differently. */
  'unsupported',
  /** More pixels than the limit. */
  'tooLarge',
  /** More frames, or a longer film, than the limit; what lies within it was hashed. */
  'framesBeyondLimit',
  'encrypted',
  /** The deadline passed. */
  'timeout',
  /** The decoder's memory cap was reached. */
  'outOfMemory',
  'crashed',
  /** No video decoder is installed. */
  'decoderMissing',
  'overloaded',
  /** More entries are near than one search returns. */
  'tooManyMatches'
] as const
export type UndecidedReason = typeof undecidedReasons[number]

/** `other` is no picture and no video: a text, an archive, sound. */
export type MediaKind = 'image' | 'animation' | 'video' | 'other'

export interface MediaInfo {
  kind: MediaKind
  /** Lower-case short name: `jpeg`, `png`, `heic`, `mp4`, `matroska`, ...; `unknown` where nothing fits. */
  format: string
  /** Upright size in pixels. */
  width?: number
  height?: number
  /** Frames that were decoded. */
  frames?: number
  durationS?: number
}

/** One still, upright, 8-bit sRGB. */
export interface DecodedPicture {
  /** Counts from 0 within the upload. One that programs show in several ways comes several times in a row. */
  frame: number
  /** Presentation time in seconds, for animations and videos. */
  timeS?: number
  /** Upright size before the resize to the raster. */
  native: Size
  /** What real transparency was painted on; opaque pictures come on white only. */
  background: 'white' | 'black'
  /**
   * RGB of the whole picture: an image with no side over 512 px at its own size, anything else with each side shrunk
   * to 256 px, or left where it is shorter; a side of a JPEG to a quarter less, where that makes it cheaper.
   * Its memory is used again once the receiver has returned.
   */
  raster: Raster
  /**
   * Where the whole picture lies, in pixels of the raster: beyond it by less than one, where the decoder left out the
   * outermost pixels. Unset where the raster shows all.
   */
  extent?: Box
}

/**
 * `sparse` is for uploads: keyframes and a time floor, the cheap way.
 * `dense` is for known material: `denseFps` frames a second, so that any keyframe of a copy meets one.
 */
export type Sampling = 'sparse' | 'dense'

export interface DecodeLimits {
  /** Wall clock for the whole decode; the child is killed at it. */
  decodeMsMax: number
  picturePixelsMax: number
  /** Frames hashed of an animation. */
  animationFramesMax: number
  /** Frames hashed of a video. */
  videoFramesMax: number
  videoDurationSMax: number
  /** Widest gap between two hashed frames of a video. */
  videoGapSMax: number
  denseFps: number
}

/** Formats whose decoder needs no file: their content may be sent along. */
export const contentFormats: ReadonlySet<string> = new Set(['jpeg', 'gif', 'webp', 'tiff'])

export interface DecodeRequest {
  path: string
  /** All bytes of the upload, at most `contentBytesMax`, where none are at `path`; of `contentFormats` only. */
  content?: readonly Uint8Array[]
  sampling: Sampling
  limits: DecodeLimits
}

/** More goes through a file. */
export const contentBytesMax = 16 * 1024 * 1024

export interface DecodeOutcome {
  media: MediaInfo
  /** Empty where every picture within the file was delivered. */
  undecided: UndecidedReason[]
  /** The receiver asked to stop before the end. */
  stopped: boolean
}

export type OnPicture = (picture: DecodedPicture) => 'continue' | 'stop' | Promise<'continue' | 'stop'>

export interface DecoderOptions {
  /** Which video decoder to use: the one named, or the best that is installed. */
  videoDecoder: 'auto' | 'libav' | 'ffmpeg'
  /** The ffmpeg program, where the operator names one. */
  ffmpegPath: string | undefined
  /** Folders in which the ffmpeg program is looked for, written as in PATH; by default the usual ones of the system. */
  searchPath?: string
  /** The child is killed over this resident size, in bytes. */
  memoryBytesMax: number
  /** The child is replaced after so many jobs. */
  jobsMax: number
  /** Starts the child at once instead of with the first job, and loads what a video needs, too, if `video`. */
  startNow?: 'picture' | 'video'
}

export interface DecoderStats {
  jobs: number
  restarts: number
}

/** One long-lived decoder child. One job at a time; a second call waits for the first. */
export interface Decoder {
  decode (request: DecodeRequest, onPicture: OnPicture): Promise<DecodeOutcome>
  stats (): DecoderStats
  /** Ends the child and waits for it. */
  close (): Promise<void>
}

/** What a decoder child can do here, for `doctor`, `/readyz` and the start. */
export interface DecoderAbilities {
  imageFormats: string[]
  /** `undefined` where no video decoder is installed. */
  video: { decoder: 'libav' | 'ffmpeg', version: string } | undefined
}
