import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a native program prints for each kernel. */
export interface NativeTimes {
  what: 'multi-index' | 'scan-avx2' | 'scan-avx512'
  p50Us: number
  p99Us: number
  meanUs: number
  hits: number
  hugePagesMb: number
}

export const compiler = 'g++'
export const compilerFlags = ['-O3', '-march=native', '-std=c++17']

/** The reference programs of `native-bench/`, compiled on this machine; undefined where there is no compiler. */
export class NativeFloor {
  readonly #folder: string

  private constructor (folder: string) { this.#folder = folder }

  static compile (folder: string): NativeFloor | undefined {
    const sources = fileURLToPath(new URL('../../../native-bench/', import.meta.url))
    mkdirSync(folder, { recursive: true })
    try {
      for (const name of ['multi-index', 'full-scan']) {
        execFileSync(compiler, [...compilerFlags, '-o', join(folder, name), join(sources, `${name}.cpp`)], { stdio: ['ignore', 'ignore', 'pipe'] })
      }
      return new NativeFloor(folder)
    } catch {
      return undefined
    }
  }

  run (program: 'multi-index' | 'full-scan', part: string, queries: string, radius: number, passes: number): NativeTimes[] {
    const output = execFileSync(join(this.#folder, program), [part, queries, String(radius), String(passes)], { encoding: 'utf8' })
    return output.trim().split('\n').map((line) => JSON.parse(line) as NativeTimes)
  }
}
