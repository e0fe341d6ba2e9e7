import { fork, type ChildProcess } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BenchUsageError } from './bench.js'
import type { FromBench, ToBench } from './bench-process.js'
import type { Progress } from './progress.js'
import type { BenchRecord } from './record.js'

const program = fileURLToPath(new URL('./bench-process.js', import.meta.url))

/** Past this a bench hangs. On a quiet machine all quick ones together take less than ten minutes; a busy one gets more. */
const quickMsMax = 10 * 60_000
const fullMsMax = 2 * 3_600_000

/**
 * Runs one bench in a process of its own, so that no bench feels the heap, the compiled code or the crash of another.
 * @param folder the run's own folder; the bench's temporary files go below it and are removed behind it.
 * @returns `undefined` where the signal ended it
 * @throws BenchUsageError where the bench rejects its flags; whatever else goes wrong stands in the record.
 */
export async function runBench (wish: ToBench, folder: string, progress: Progress, signal: AbortSignal): Promise<BenchRecord | undefined> {
  const temporary = join(folder, wish.name)
  await mkdir(temporary)
  const started = performance.now()
  try {
    const end = await lastWord(wish, temporary, progress, signal)
    const record = { name: wish.name, elapsedS: (performance.now() - started) / 1000 }
    if (end.kind === 'result') return { ...record, result: end.result }
    if (signal.aborted) return undefined
    if (end.isUsage) throw new BenchUsageError(end.message)
    return { ...record, failure: end.message }
  } finally {
    // What stays is removed with the run's folder, and must not cost the figures.
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 }).catch(() => {})
  }
}

type End = Exclude<FromBench, { kind: 'progress' }>

function lastWord (wish: ToBench, temporary: string, progress: Progress, signal: AbortSignal): Promise<End> {
  // It leads a process group: Ctrl-C at a terminal reaches only this process, which ends the bench with all gates and programs below it.
  // What it prints is no part of the report.
  const child = fork(program, { env: { ...process.env, TMPDIR: temporary }, serialization: 'advanced', detached: true, stdio: ['ignore', process.stderr, 'inherit', 'ipc'] })
  const msMax = wish.quick ? quickMsMax : fullMsMax
  let end: End | undefined
  const endGroup = (): void => { killGroup(child) }
  const timer = setTimeout(() => {
    end = failure(`it took longer than ${msMax / 60_000} minutes and was ended`)
    endGroup()
  }, msMax)
  signal.addEventListener('abort', endGroup)
  child.on('message', (message: FromBench) => {
    if (message.kind === 'progress') progress.show(message.done, message.total, message.what)
    else end = message
  })
  child.send(wish)
  return new Promise<End>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, killedBy) => { resolve(end ?? failure(`its process ended with ${killedBy ?? `code ${code}`} before it had figures`)) })
  }).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', endGroup)
    // A bench that failed may leave its gates running.
    endGroup()
  })
}

function killGroup ({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody of it is left.
  }
}

function failure (message: string): End {
  return { kind: 'failure', message, isUsage: false }
}
