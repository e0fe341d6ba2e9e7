import { fork } from 'node:child_process'
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
 * @throws BenchUsageError where the bench rejects its flags; whatever else goes wrong stands in the record.
 */
export async function runBench (wish: ToBench, folder: string, progress: Progress, signal: AbortSignal): Promise<BenchRecord> {
  const temporary = join(folder, wish.name)
  await mkdir(temporary)
  const started = performance.now()
  try {
    const end = await lastWord(wish, temporary, progress, signal)
    const record = { name: wish.name, elapsedS: (performance.now() - started) / 1000 }
    if (end.kind === 'result') return { ...record, result: end.result }
    if (end.isUsage) throw new BenchUsageError(end.message)
    return { ...record, failure: end.message }
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 })
  }
}

type End = Exclude<FromBench, { kind: 'progress' }>

function lastWord (wish: ToBench, temporary: string, progress: Progress, signal: AbortSignal): Promise<End> {
  const child = fork(program, { env: { ...process.env, TMPDIR: temporary }, serialization: 'advanced', signal, killSignal: 'SIGKILL' })
  const msMax = wish.quick ? quickMsMax : fullMsMax
  let end: End | undefined
  const timer = setTimeout(() => {
    end = failure(`it took longer than ${msMax / 60_000} minutes and was ended`)
    child.kill('SIGKILL')
  }, msMax)
  child.on('message', (message: FromBench) => {
    if (message.kind === 'progress') progress.show(message.done, message.total, message.what)
    else end = message
  })
  child.send(wish)
  return new Promise<End>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, killedBy) => { resolve(end ?? failure(`its process ended with ${killedBy ?? `code ${code}`} before it had figures`)) })
  }).finally(() => { clearTimeout(timer) })
}

function failure (message: string): End {
  return { kind: 'failure', message, isUsage: false }
}
