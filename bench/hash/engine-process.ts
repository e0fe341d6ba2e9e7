import { takeOrders } from '../frame/ordered-process.js'
import { startCpuClock } from './cpu-time.js'
import type { Cost, EngineOrder } from './engine.js'
import { openEngine, type EngineName } from './engines.js'
import { measureStages, type StageTimes } from './stages.js'

/** The program of one engine. */
const engine = openEngine(process.argv[2] as EngineName)

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

takeOrders(async (order: EngineOrder): Promise<Cost | StageTimes> => order.kind === 'hash' ? await costOf(order.paths, order.passes) : await measureStages(order.paths))
