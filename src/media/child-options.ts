import type { DecoderOptions } from './decoder.js'

/** What a decoder child is told when it starts. */
export interface ChildOptions {
  ownerPid: number
  memoryBytesMax: number
  videoDecoder: DecoderOptions['videoDecoder']
  ffmpegPath: string
  /** Folders in which programs are looked for, as in PATH. */
  searchPath: string
  /** Load the video decoder before the first video comes. */
  warmVideo: boolean
}

/** The child's one argument. Paths and sizes only: arguments are visible to every user of the machine. */
export function childArgument (options: ChildOptions): string {
  return JSON.stringify(options)
}

/** @param argv as in `process.argv`, written by `childArgument` */
export function childOptionsFrom (argv: readonly string[]): ChildOptions {
  return JSON.parse(argv[2] ?? '') as ChildOptions
}
