import type { VideoDecoder } from './video-decoder.js'

export async function openFfmpeg (_ffmpegPath: string, _searchPath: string): Promise<VideoDecoder | undefined> {
  return undefined
}
