import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import type { Cost } from './engine.js'

const compiler = 'g++'
const flags = ['-O3', '-march=native', '-std=c++17']
const source = fileURLToPath(new URL('../../../native-bench/jpeg-floor.cpp', import.meta.url))
const execute = promisify(execFile)

/** What is decoded: brightness alone, or colour, too. */
export type Planes = 'grey' | 'colour'

/** libjpeg-turbo alone, compiled on this machine. */
export interface NativeFloor {
  /** Compiler, flags, library. */
  description: string
  cost (planes: Planes, paths: readonly string[], passes: number): Promise<Cost>
}

/** Compiles `native-bench/jpeg-floor.cpp`; one sentence on what is missing where that cannot be done. */
export function compileFloor (folder: string): NativeFloor | string {
  const program = join(folder, 'jpeg-floor')
  try {
    execFileSync(compiler, [...flags, '-o', program, source, '-ljpeg'], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  } catch (error) {
    return `libjpeg-turbo floor skipped: ${problemOf(error)}`
  }
  const version = execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? compiler
  return {
    description: `floor: native-bench/jpeg-floor.cpp, ${version}, ${flags.join(' ')}`,
    cost: async (planes, paths, passes) => {
      const { stdout } = await execute(program, [planes, String(passes), ...paths])
      const { cpuMs, wallMs } = JSON.parse(stdout) as Cost
      return { cpuMs, wallMs }
    }
  }
}

function problemOf (error: unknown): string {
  const { code, stderr = '' } = error as { code?: string | number, stderr?: string }
  if (code === 'ENOENT') return `there is no ${compiler}`
  if (/jpeglib\.h/.test(stderr)) return 'jpeglib.h is missing (on Debian in libjpeg62-turbo-dev)'
  return 'jpeg-floor.cpp does not compile here'
}
