import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { waitedProcessorS } from '../http/processes.js'
import type { Repeated, Repeater } from './repeater.js'

const run = promisify(execFile)
const runMsMax = 180_000
const outputBytesMax = 4 * 2 ** 20

/** The ffmpeg program on the PATH: it makes the clips, and is what the gate is compared with. */
export class Ffmpeg {
  readonly version: string
  readonly #encoders: ReadonlySet<string>

  private constructor (version: string, encoders: ReadonlySet<string>) {
    this.version = version
    this.#encoders = encoders
  }

  /** Undefined where there is no such program. */
  static async find (): Promise<Ffmpeg | undefined> {
    try {
      const version = /^ffmpeg version (\S+)/.exec((await run('ffmpeg', ['-version'])).stdout)?.[1] ?? 'unknown'
      const { stdout } = await run('ffmpeg', ['-hide_banner', '-encoders'])
      return new Ffmpeg(version, new Set([...stdout.matchAll(/^ V\S+ (\S+)/gm)].map(match => match[1] ?? '')))
    } catch {
      return undefined
    }
  }

  has (encoder: string): boolean { return this.#encoders.has(encoder) }

  async run (...args: string[]): Promise<void> {
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { timeout: runMsMax, killSignal: 'SIGKILL', maxBuffer: outputBytesMax })
  }

  /** Decodes the key frames of a film to small rasters and throws them away; processor time includes its start. */
  async keyFrames (path: string, weight: number, repeater: Repeater): Promise<Repeated> {
    const decode = async (): Promise<void> => {
      await this.run('-threads', '1', '-skip_frame', 'nokey', '-i', path, '-map', '0:v:0', '-vf', 'scale=256:256,format=rgb24', '-fps_mode', 'passthrough', '-threads', '1', '-f', 'rawvideo', '/dev/null')
    }
    return await repeater.repeat(weight, { round: decode, processorS: waitedProcessorS, settle: async () => {} })
  }
}
