import { existsSync } from 'node:fs'
import type { Bench, BenchName } from './bench.js'

/** A bench, or one sentence on why it cannot be had. */
export type LoadedBench = { name: BenchName, bench: Bench } | { name: BenchName, problem: string }

/** Imports `bench/<name>/<name>.js`. A bench that is missing or broken must not take the others with it, so nothing is thrown. */
export async function loadBench (name: BenchName): Promise<LoadedBench> {
  const file = new URL(`../${name}/${name}.js`, import.meta.url)
  if (!existsSync(file)) return { name, problem: 'it is not there' }
  try {
    const module = await import(file.href) as { bench?: Bench }
    return module.bench === undefined ? { name, problem: 'it exports no bench' } : { name, bench: module.bench }
  } catch (error) {
    return { name, problem: `it does not load: ${firstLine(error)}` }
  }
}

/** What an error says, without its stack. */
export function firstLine (error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? text
}
