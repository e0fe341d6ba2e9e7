import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const encodeMsMax = 300_000
const quiet = ['-nostdin', '-v', 'error', '-y', '-threads', '1']

/** Runs the program on files to its end. Rejects with its own words. */
export async function runFfmpeg (program: string, args: readonly string[]): Promise<void> {
  await execute(program, [...quiet, ...args], { timeout: encodeMsMax, killSignal: 'SIGKILL', maxBuffer: 1 << 20 })
}

/** Whether the program can write H.264, which nearly every build can. */
export async function hasX264 (program: string): Promise<boolean> {
  const { stdout } = await execute(program, ['-hide_banner', '-encoders'], { timeout: encodeMsMax, maxBuffer: 1 << 20 })
  return stdout.includes(' libx264 ')
}

/** Encodes raw RGB frames of one size. */
export async function encodeFrames (program: string, frames: AsyncIterable<Buffer>, { width, height, fps }: { width: number, height: number, fps: number }, output: string): Promise<void> {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', 'pipe:0']
  const encoder = spawn(program, ['-v', 'error', '-y', '-threads', '1', ...raw, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p', output], {
    stdio: ['pipe', 'ignore', 'inherit'], timeout: encodeMsMax, killSignal: 'SIGKILL'
  })
  const closed = once(encoder, 'close') as Promise<[code: number | null]>
  for await (const frame of frames) if (!encoder.stdin.write(frame)) await once(encoder.stdin, 'drain')
  encoder.stdin.end()
  const [code] = await closed
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while it wrote ${output}`)
}
