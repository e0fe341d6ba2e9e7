import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { benchNames, BenchUsageError } from './frame/bench.js'
import { firstLine, loadBench, type LoadedBench } from './frame/load.js'
import { busyWarning, describeMachine } from './frame/machine.js'
import { markdownReport } from './frame/markdown-report.js'
import { helpText, readWishes, type Wishes } from './frame/options.js'
import { openProgress } from './frame/progress.js'
import type { BenchRecord, RunRecord } from './frame/record.js'
import { runBench } from './frame/run-bench.js'
import { makeResultsFolder, writeResults } from './frame/write-results.js'

/** `npm run bench`: 0 where every bench gave figures, 1 where one did not, 2 where the command line makes no sense. */
const exitCodes = { done: 0, incomplete: 1, usage: 2, interrupted: 130 } as const

async function main (args: readonly string[], signal: AbortSignal): Promise<number> {
  const loaded = await Promise.all(benchNames.map(loadBench))
  const wishes = readWishes(args, loaded)
  if (wishes.help) {
    process.stdout.write(helpText(loaded))
    return exitCodes.done
  }
  for (const bench of loaded) {
    if (wishes.names.includes(bench.name) && 'bench' in bench) await bench.bench.check({ quick: wishes.quick, options: wishes.options[bench.name] ?? {} })
  }
  const out = resolve(wishes.out)
  await makeResultsFolder(out)
  const machine = describeMachine()
  const warning = busyWarning(machine)
  if (warning !== undefined) process.stderr.write(`Warning: ${warning}\n`)
  const run: RunRecord = {
    command: ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args.map(quoted)])].join(' '),
    startedAt: new Date().toISOString(),
    quick: wishes.quick,
    machine,
    benches: await runAll(wishes, loaded, signal)
  }
  process.stdout.write(wishes.json ? `${JSON.stringify(run, undefined, 2)}\n` : markdownReport(run))
  const report = await writeResults(out, run)
  process.stderr.write(`The report is ${report}\n`)
  return run.benches.every(({ result }) => result !== undefined) ? exitCodes.done : exitCodes.incomplete
}

async function runAll (wishes: Wishes, loaded: readonly LoadedBench[], signal: AbortSignal): Promise<BenchRecord[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keersluis-bench-'))
  const records: BenchRecord[] = []
  try {
    for (const bench of loaded.filter(({ name }) => wishes.names.includes(name))) {
      const record = 'problem' in bench ? { name: bench.name, elapsedS: 0, failure: bench.problem } : await runOne(bench.name, wishes, folder, signal)
      if (record.failure !== undefined) process.stderr.write(`${bench.name}: no figures, ${record.failure}\n`)
      records.push(record)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return records
}

async function runOne (name: BenchRecord['name'], wishes: Wishes, folder: string, signal: AbortSignal): Promise<BenchRecord> {
  const progress = openProgress(name, process.stderr)
  try {
    return await runBench({ name, quick: wishes.quick, options: wishes.options[name] ?? {} }, folder, progress, signal)
  } finally {
    progress.close()
  }
}

/** An argument as it has to be typed. */
function quoted (argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => { stop.abort() })
try {
  process.exitCode = await main(process.argv.slice(2), stop.signal)
} catch (error) {
  process.exitCode = stop.signal.aborted ? exitCodes.interrupted : exitCodes.usage
  const advice = error instanceof BenchUsageError ? ' Try npm run bench -- --help' : ''
  process.stderr.write(`bench: ${stop.signal.aborted ? 'stopped' : firstLine(error)}${advice}\n`)
}
