import { BenchUsageError, type Bench, type BenchName, type BenchResult, type BenchRun } from './bench.js'
import { firstLine, loadBench } from './load.js'

/** The program in which one bench runs: it hears what to run, and tells its progress and what came of it. */

export interface ToBench extends Pick<BenchRun, 'quick' | 'options'> {
  name: BenchName
}

export type FromBench =
  | { kind: 'progress', done: number, total: number, what: string }
  | { kind: 'result', result: BenchResult }
  | { kind: 'failure', message: string, isUsage: boolean }

process.once('message', (message: ToBench) => {
  runBench(message).then(tell, (error: unknown) => {
    tell({ kind: 'failure', message: firstLine(error), isUsage: error instanceof BenchUsageError })
  })
})

// Whoever started it is gone without a word. It leads a process group of its own, which nobody else would end.
process.once('disconnect', () => { process.kill(-process.pid, 'SIGKILL') })

async function runBench ({ name, quick, options }: ToBench): Promise<FromBench> {
  const loaded = await loadBench(name)
  if ('problem' in loaded) return { kind: 'failure', message: loaded.problem, isUsage: false }
  const bench: Bench = loaded.bench
  const result = await bench.run({ quick, options, progress: (done, total, what) => { send({ kind: 'progress', done, total, what }) } })
  return { kind: 'result', result }
}

function send (message: FromBench): void {
  process.send?.(message)
}

/** The last word: what the bench may have left running must not keep the process. */
function tell (message: FromBench): void {
  process.send?.(message, () => { process.exit(0) })
}
