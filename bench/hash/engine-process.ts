import { startCpuClock } from './cpu-time.js'
import { openEngine, type EngineName } from './engines.js'
import { measureStages, type StageTimes } from './stages.js'

/** The program of one engine: it hashes files one after the other and says what that cost. */

export type ToEngine =
  | { kind: 'hash', paths: readonly string[], passes: number }
  | { kind: 'stages', paths: readonly string[] }
  | { kind: 'close' }

export type FromEngine =
  | { kind: 'cost', cost: Cost }
  | { kind: 'stages', stages: StageTimes }
  | { kind: 'failure', message: string }

/** Of one picture, as a mean over all that were hashed. */
export interface Cost {
  cpuMs: number
  wallMs: number
}

const engine = openEngine(process.argv[2] as EngineName)

process.on('message', (message: ToEngine) => {
  answer(message).then(reply => { process.send?.(reply) }, (error: unknown) => {
    process.send?.({ kind: 'failure', message: error instanceof Error ? error.message : String(error) })
  })
})

async function answer (message: ToEngine): Promise<FromEngine> {
  switch (message.kind) {
    case 'hash': return { kind: 'cost', cost: await costOf(message.paths, message.passes) }
    case 'stages': return { kind: 'stages', stages: await measureStages(message.paths) }
    case 'close':
      await engine.close()
      process.exit(0)
  }
}

async function costOf (paths: readonly string[], passes: number): Promise<Cost> {
  // The other contenders have had the caches meanwhile.
  await engine.hash(paths[0] ?? '')
  const cpuMs = startCpuClock()
  const start = performance.now()
  for (let pass = 0; pass < passes; pass++) {
    for (const path of paths) await engine.hash(path)
  }
  const pictures = passes * paths.length
  return { wallMs: (performance.now() - start) / pictures, cpuMs: cpuMs() / pictures }
}
