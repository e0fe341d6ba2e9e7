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

/**
 * The demuxers for sound whose cover pictures they show as a stream, by sniffed name. An ID3 tag may stand before each of them, and before
 * a film: players skip it.
 */
export const soundDemuxers: ReadonlyMap<string, readonly string[]> = new Map([['mp3', ['mp3', 'aac', 'flac', ...filmDemuxers]], ['flac', ['flac']]])

/** Streams hashed of one file: a second one may be what the viewer sees. */
export const videoStreamsMax = 8
/** 8K and some more; libav keeps up to seventeen frames of this size. */
export const framePixelsMax = 36_000_000

/**
 * An edit list hides frames, and not every player heeds it. Of known material they are left out, as those who added it never saw them. Of an
 * upload they are looked at; and a film that was cut without encoding it anew hides its first key frame, so that nothing would follow from it.
 */
export function followsEdits (job: DecodeJob, demuxers: readonly string[]): boolean {
  return job.sampling === 'dense' && demuxers.length > 1
}
