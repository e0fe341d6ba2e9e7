import type { BenchName } from './bench.js'
import type { BenchRecord, RunRecord } from './record.js'

/** How one bench is run; `undefined` where the signal ended it. */
export type RunOne = (name: BenchName) => Promise<BenchRecord | undefined>

const notYet = 'it had not run when this report was written'
const stopped = 'the run was interrupted before it had figures'

/**
 * Runs benches one after the other. What is finished is saved before the next one starts: hours of figures must not be lost with those after them.
 * @throws whatever `runOne` or `save` throws; what was saved stays
 */
export async function runAll (names: readonly BenchName[], head: Omit<RunRecord, 'benches' | 'interrupted'>, runOne: RunOne, save: (run: RunRecord) => Promise<void>, signal: AbortSignal): Promise<RunRecord> {
  const finished: BenchRecord[] = []
  const withMissing = (failure: string): BenchRecord[] =>
    [...finished, ...names.slice(finished.length).map(name => ({ name, elapsedS: 0, failure, missing: true as const }))]
  for (const name of names) {
    const record = signal.aborted ? undefined : await runOne(name)
    if (record === undefined) break
    finished.push(record)
    await save({ ...head, benches: withMissing(notYet) })
  }
  if (finished.length === names.length) return { ...head, benches: finished }
  const run: RunRecord = { ...head, benches: withMissing(stopped), interrupted: true }
  // A report without a figure must not take the place of an older one.
  if (finished.length > 0) await save(run)
  return run
}
