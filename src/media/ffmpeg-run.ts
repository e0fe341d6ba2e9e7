import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Size } from '../hash/raster.js'
import { rasterSizeOf } from './raster-work.js'

/** Lines of the log that are kept; a stream's description comes early. */
const bannerCharsMax = 256 * 1024
const lineCharsMax = 16 * 1024
/** Single allocation of FFmpeg in bytes: a frame of the largest size with 16 bits a sample, and then some. */
const allocationBytesMax = 768 * 1024 * 1024

export interface FilmFrame {
  timeS: number
  native: Size
  data: Uint8Array
}

/** What FFmpeg wrote before it began to decode. */
export interface FilmBanner {
  /** FFmpeg's name of the format; `undefined` where it could not open the file. */
  demuxer: string | undefined
  durationS: number | undefined
  videos: Array<{ index: number, codec: string, size: Size | undefined, encrypted: boolean }>
}

export interface FilmInput {
  program: string
  path: string
  demuxers: readonly string[]
  /** Options of the demuxer. */
  options: readonly string[]
  pixelsMax: number
  /** Tells who is watched for memory. */
  onStart (pid: number): void
}

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>

/** One run of the program: its frames as they come, and afterwards whether it complained. */
export class FfmpegRun {
  readonly #main: Ffmpeg
  readonly #helpers: Ffmpeg[] = []
  #banner = ''
  #partialLine = ''
  #infos: Array<{ timeS: number, native: Size }> = []
  #closed = false
  #wake = (): void => {}
  /** The program said that the file is broken somewhere. */
  damaged = false

  /** @param output what comes behind the input; without it the run only describes the file */
  constructor (input: FilmInput, decoderOptions: readonly string[], output: readonly string[]) {
    this.#main = this.#start(input, [...inputArguments(input, decoderOptions), ...output])
    this.#listen(this.#main)
  }

  /**
   * Keyframes only, for decoders that ignore `skip_frame` (VP9, AV1): a first program copies the key packets into a
   * stream for the second. The noise filter can drop packets since FFmpeg 5.0.
   */
  static ofKeyPackets (input: FilmInput, stream: number, output: readonly string[]): FfmpegRun {
    const run = new FfmpegRun({ ...input, path: '', demuxers: ['nut'], options: [] }, [], output)
    const copy = run.#start(input, [...inputArguments(input, []), '-map', `0:${stream}`, '-c', 'copy', '-bsf:v', "noise=drop='not(key)'", '-f', 'nut', 'pipe:1'])
    run.#helpers.push(copy)
    copy.stderr.resume()
    copy.stdout.on('error', () => {}).pipe(run.#main.stdin.on('error', () => {}))
    return run
  }

  async describe (): Promise<FilmBanner> {
    for await (const chunk of this.#main.stdout) if (chunk === undefined) break
    await this.#end()
    return parseBanner(this.#banner)
  }

  /** Ends the program when the caller stops taking frames. */
  async * frames (): AsyncGenerator<FilmFrame> {
    let frame: FilmFrame | undefined
    let filled = 0
    try {
      for await (const chunk of this.#main.stdout as AsyncIterable<Buffer>) {
        for (let from = 0; from < chunk.length;) {
          frame ??= await this.#nextFrame()
          if (frame === undefined) return
          const part = chunk.subarray(from, from + frame.data.length - filled)
          frame.data.set(part, filled)
          filled += part.length
          from += part.length
          if (filled < frame.data.length) continue
          yield frame
          frame = undefined
          filled = 0
        }
      }
      await this.#end()
    } finally {
      for (const program of [this.#main, ...this.#helpers]) program.kill('SIGKILL')
    }
  }

  #start ({ program, onStart }: FilmInput, args: string[]): Ffmpeg {
    // The group of the decoder child: whoever ends that, ends this.
    const started = spawn(program, args, { env: { AV_LOG_FORCE_NOCOLOR: '1' }, stdio: ['pipe', 'pipe', 'pipe'] })
    started.on('error', () => { this.damaged = true })
    if (started.pid !== undefined) onStart(started.pid)
    return started
  }

  #listen (program: Ffmpeg): void {
    program.stdin.on('error', () => {})
    program.stderr.setEncoding('latin1').on('data', (text: string) => {
      const lines = (this.#partialLine + text).split(/[\r\n]/)
      this.#partialLine = (lines.pop() ?? '').slice(-lineCharsMax)
      for (const line of lines) this.#readLine(line)
      this.#wake()
    })
    program.on('close', code => {
      this.#closed = true
      if (code !== 0 && code !== null) this.damaged = true
      this.#wake()
    })
  }

  #readLine (line: string): void {
    const shown = /^\[Parsed_showinfo_\d+ @ \w+\] n: *\d+ pts: *\S+ +pts_time: *(-?[\d.]+).* s:(\d+)x(\d+) /.exec(line)
    if (shown !== null) {
      this.#infos.push({ timeS: Number(shown[1]), native: { width: Number(shown[2]), height: Number(shown[3]) } })
      return
    }
    if (/partial file|Invalid data found|Error while decoding|Error submitting packet|moov atom not found|concealing \d+|New video stream/.test(line)) this.damaged = true
    if (this.#banner.length < bannerCharsMax) this.#banner += line.slice(0, 1000) + '\n'
  }

  /** The next frame, its pixels still to come. */
  async #nextFrame (): Promise<FilmFrame | undefined> {
    while (this.#infos.length === 0 && !this.#closed) await new Promise<void>(resolve => { this.#wake = resolve })
    const info = this.#infos.shift()
    if (info === undefined) return undefined
    const { width, height } = rasterSizeOf(info.native)
    return { ...info, data: new Uint8Array(width * height * 3) }
  }

  async #end (): Promise<void> {
    while (!this.#closed) await new Promise<void>(resolve => { this.#wake = resolve })
  }
}

function inputArguments ({ path, demuxers, options, pixelsMax }: FilmInput, decoderOptions: readonly string[]): string[] {
  return [
    ...(path === '' ? [] : ['-nostdin']), '-hide_banner', '-loglevel', 'info', '-nostats', '-max_alloc', String(allocationBytesMax), '-threads', '1',
    '-protocol_whitelist', path === '' ? 'pipe' : 'file', '-format_whitelist', demuxers.join(','),
    ...(demuxers.length === 1 ? ['-f', demuxers[0] ?? ''] : []), '-max_pixels', String(pixelsMax), ...options, ...decoderOptions, '-i', path === '' ? 'pipe:0' : `file:${path}`
  ]
}

/** FFmpeg's description of its input. It is text, and a title may forge a line of it: the worst is a stream that is not there. */
function parseBanner (text: string): FilmBanner {
  const duration = /^ {2}Duration: (\d+):(\d+):([\d.]+),/m.exec(text)
  const videos = [...text.matchAll(/^ {2}Stream #0:(\d+)\S*: Video: (\w+)(.*)$/gm)].map(([, index, codec = '', rest = '']) => {
    const size = /, (\d+)x(\d+)/.exec(rest)
    return {
      index: Number(index),
      codec,
      size: size === null ? undefined : { width: Number(size[1]), height: Number(size[2]) },
      encrypted: rest.includes('(encv /')
    }
  })
  return {
    demuxer: /^Input #0, ([\w-]+)/m.exec(text)?.[1],
    durationS: duration === null ? undefined : Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]),
    videos
  }
}
