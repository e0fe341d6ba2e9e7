import type { ChildOptions } from './child-options.js'
import type { VideoDecoder } from './video-decoder.js'

/**
 * The decoder that the options name, or the best that is installed: `libav` comes first, being faster. Its code is loaded here and
 * not before: a child that decodes pictures never needs it.
 */
export async function openVideoDecoder ({ videoDecoder, ffmpegPath, searchPath }: ChildOptions): Promise<VideoDecoder | undefined> {
  if (videoDecoder !== 'ffmpeg') {
    const { openLibav } = await import('./video-libav.js')
    const libav = await openLibav()
    if (libav !== undefined || videoDecoder === 'libav') return libav
  }
  const { openFfmpeg } = await import('./video-ffmpeg.js')
  return await openFfmpeg(ffmpegPath, searchPath)
}
