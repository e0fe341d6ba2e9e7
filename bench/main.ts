import { Console } from 'node:console'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { benchNames, BenchUsageError, type BenchName } from './frame/bench.js'
import { firstLine, loadBench, type LoadedBench } from './frame/load.js'
import { busyWarning, describeMachine } from './frame/machine.js'
import { markdownReport } from './frame/markdown-report.js'
import { helpText, readWishes, type Wishes } from './frame/options.js'
import { openProgress } from './frame/progress.js'
import type { BenchRecord, RunRecord } from './frame/record.js'
import { runAll } from './frame/run-all.js'
import { runBench } from './frame/run-bench.js'
import { interruptedWords } from './frame/verdict.js'
import { makeResultsFolder, reportPath, writeResults } from './frame/write-results.js'

/** `npm run bench`: 0 where every bench gave figures, 1 where one did not, 2 where the command line makes no sense, 130 where it was stopped. */
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
  const head = {
    command: ['npm run bench', ...(args.length === 0 ? [] : ['--', ...args.map(quoted)])].join(' '), startedAt: new Date().toISOString(), quick: wishes.quick, machine
  }
  const run = await runInFolder(wishes, loaded, head, out, signal)
  const isEmpty = run.benches.every(({ missing }) => missing === true)
  if (!isEmpty) process.stdout.write(wishes.json ? `${JSON.stringify(run, undefined, 2)}\n` : markdownReport(run))
  if (run.interrupted === true) process.stderr.write(`bench: ${interruptedWords(run)}${isEmpty ? ' No report was written.' : ''}\n`)
  if (!isEmpty) process.stderr.write(`The report is ${reportPath(out)}\n`)
  if (run.interrupted === true) return exitCodes.interrupted
  return run.benches.every(({ result }) => result !== undefined) ? exitCodes.done : exitCodes.incomplete
}

async function runInFolder (wishes: Wishes, loaded: readonly LoadedBench[], head: Parameters<typeof runAll>[1], out: string, signal: AbortSignal): Promise<RunRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'keersluis-bench-'))
  let saved = false
  try {
    return await runAll(wishes.names, head, async name => await runOne(name, loaded, wishes, folder, signal), async run => {
      await writeResults(out, run)
      saved = true
    }, signal)
  } catch (error) {
    if (saved) process.stderr.write(`What was finished is in ${reportPath(out)}\n`)
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch((error: unknown) => {
      process.stderr.write(`bench: ${folder} could not be removed: ${firstLine(error)}\n`)
    })
  }
}

async function runOne (name: BenchName, loaded: readonly LoadedBench[], wishes: Wishes, folder: string, signal: AbortSignal): Promise<BenchRecord | undefined> {
  const bench = loaded.find(one => one.name === name)
  const progress = openProgress(name, process.stderr)
  try {
    const record = bench !== undefined && 'problem' in bench
      ? { name, elapsedS: 0, failure: bench.problem }
      : await runBench({ name, quick: wishes.quick, options: wishes.options[name] ?? {} }, folder, progress, signal)
    if (record?.failure !== undefined) process.stderr.write(`${name}: no figures, ${record.failure}\n`)
    return record
  } finally {
    progress.close()
  }
}

/** An argument as it has to be typed. */
function quoted (argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

// Stdout is the report's; the HEIC decoder says there what it cannot read.
globalThis.console = new Console(process.stderr)
const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  // Further ones change nothing: npm passes Ctrl-C on to whom it has reached already, and what is being removed then would stay.
  process.on(name, () => {
    if (!stop.signal.aborted) process.stderr.write(`bench: ${name}, stopping\n`)
    stop.abort()
  })
}
try {
  process.exitCode = await main(process.argv.slice(2), stop.signal)
} catch (error) {
  process.exitCode = exitCodes.usage
  const advice = error instanceof BenchUsageError ? ' Try npm run bench -- --help' : ''
  process.stderr.write(`bench: ${firstLine(error)}${advice}\n`)
}
