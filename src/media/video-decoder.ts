import type { ChildOptions } from './child-options.js'
import type { DecodeJob, Finding } from './decode-job.js'

/** One way to decode videos. Both ways pass the same contract test. */
export interface VideoDecoder {
  readonly name: 'libav' | 'ffmpeg'
  readonly version: string
  /**
   * Hands over frames of every video stream of a file. `kind` is `other` where the file has no such stream.
   * @param format the sniffed name
   * @param demuxers the demuxers of FFmpeg that may read the file; a single one is used without asking its probe
   */
  decode (job: DecodeJob, format: string, demuxers: readonly string[]): Promise<Finding>
}

/**
 * The demuxers that an upload may reach, by FFmpeg's names. Playlists and scripts (`hls`, `concat`, `dash`, `sdp`, ...)
 * name other files and must never be among them.
 */
export const filmDemuxers = ['mov', 'matroska', 'avi', 'mpegts', 'mpeg', 'mpegvideo', 'flv', 'ogg', 'asf', 'rm', 'mxf', 'dv', 'ivf', 'h264', 'hevc', 'm4v', 'obu', 'av1', 'vc1']

/** The demuxers for sound whose cover pictures they show as a stream, by sniffed name. An ID3 tag may stand before each of them. */
export const soundDemuxers: ReadonlyMap<string, readonly string[]> = new Map([['mp3', ['mp3', 'aac', 'flac']], ['flac', ['flac']]])

/** Streams hashed of one file: a second one may be what the viewer sees. */
export const videoStreamsMax = 8
/** 8K and some more; libav keeps up to seventeen frames of this size. */
export const framePixelsMax = 36_000_000
/** Frames of a gap between keyframes, and frames of a film with few keyframes, in seconds between them. */
export const gapSpacingS = 1
/** Keyframes nearer than that to the last hashed frame are passed over: films of keyframes only have dozens a second. */
export const keySpacingS = 0.5
/** A film that ends with fewer hashed frames is looked at more closely: its only keyframe may be a black one. */
export const filmFramesMin = 8
export const shortFilmSpacingS = 0.25

/** The decoder that the options name, or the best that is installed: `libav` comes first, being faster. */
export async function openVideoDecoder ({ videoDecoder, ffmpegPath, searchPath }: ChildOptions): Promise<VideoDecoder | undefined> {
  if (videoDecoder !== 'ffmpeg') {
    const { openLibav } = await import('./video-libav.js')
    const libav = await openLibav()
    if (libav !== undefined || videoDecoder === 'libav') return libav
  }
  const { openFfmpeg } = await import('./video-ffmpeg.js')
  return await openFfmpeg(ffmpegPath, searchPath)
}

/**
 * Exif orientation for a display matrix: nine 32-bit little-endian numbers, of which the first, second, fourth and
 * fifth turn and mirror (ISO/IEC 14496-12, 6.2.2; FFmpeg's AV_PKT_DATA_DISPLAYMATRIX). Angles between quarter turns
 * are rounded to the nearest.
 */
export function orientationOfMatrix (matrix: Uint8Array): number {
  if (matrix.length < 20) return 1
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  const at = (index: number): number => view.getInt32(index * 4, true)
  const [a, b, c, d] = [at(0), at(1), at(3), at(4)]
  const mirrored = a * d - b * c < 0
  if (Math.abs(a) >= Math.abs(b)) {
    if (mirrored) return a > 0 ? 4 : 2
    return a >= 0 ? 1 : 3
  }
  if (mirrored) return b > 0 ? 5 : 7
  return b > 0 ? 6 : 8
}
