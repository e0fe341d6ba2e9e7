import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

const usualFolders = ['/usr/local/bin', '/usr/bin', '/bin', '/opt/homebrew/bin']
const versionMsMax = 10_000

export interface FfmpegProgram {
  path: string
  version: string
}

/**
 * The ffmpeg program: the one that the operator named, else that of the package ffmpeg-static where it is installed,
 * else the first in `searchPath`. A named one that does not run is not replaced by another.
 */
export async function findFfmpeg (named: string, searchPath: string): Promise<FfmpegProgram | undefined> {
  const folders = searchPath === '' ? usualFolders : searchPath.split(delimiter)
  const inFolders = (name: string): string[] => folders.filter(isAbsolute).map(folder => join(folder, name))
  const candidates = named === ''
    ? [...await staticProgram(), ...inFolders('ffmpeg')]
    : named.includes('/') ? [named] : inFolders(named)
  for (const path of candidates) {
    const version = await versionOf(path)
    if (version !== undefined) return { path, version }
  }
  return undefined
}

async function staticProgram (): Promise<string[]> {
  // A name that the compiler does not look up: operators install the package, the project does not depend on it.
  const packageName: string = 'ffmpeg-static'
  try {
    const { default: path }: { default?: unknown } = await import(packageName)
    return typeof path === 'string' ? [path] : []
  } catch {
    return []
  }
}

async function versionOf (path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK)
    const program = spawn(path, ['-version'], { env: {}, stdio: ['ignore', 'pipe', 'ignore'], timeout: versionMsMax, killSignal: 'SIGKILL' })
    let text = ''
    program.stdout.setEncoding('latin1').on('data', (chunk: string) => { text = (text + chunk).slice(0, 1000) })
    await once(program, 'close')
    return /^ffmpeg version (\S{1,60})/.exec(text)?.[1]
  } catch {
    return undefined
  }
}
