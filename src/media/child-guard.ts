import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { readFileSync } from 'node:fs'

/**
 * A thread of the decoder child that watches over the rest of it. Native code may hold the main thread for as long
 * as it likes; this thread still ends the process when the owner is gone, the deadline has passed or memory runs out.
 */

/**
 * How the child ends itself, readable from outside as the signal it died of: their default action ends a process
 * at once, and nobody else sends them.
 */
export const deathSignals = { memory: 'SIGUSR2', deadline: 'SIGXCPU' } as const

/** A job is looked at after as long as it takes to fill what memory it had left, within these bounds: to wake this thread costs ten times what the look does (measured). */
const lookAfterMsMin = 20
const lookAfterMsMax = 100
/** More than a decoder fills: the kernel gave one thread 0.7 to 1.4 MB of new memory in a millisecond (measured, in pages of 4 KB), and huge pages come several times faster. */
const filledBytesPerMs = 16 * 1024 * 1024
/** The owner has the same deadline and comes first; this one is for an owner that does not. */
const deadlineGraceMs = 1000

export interface GuardOptions {
  ownerPid: number
  memoryBytesMax: number
}

const slots = { busy: 0, programPid: 1, asleep: 2 } as const
interface Shared {
  /** `slots`; `busy` is 1 during a job, `asleep` while the guard waits for one without looking. */
  flags: Int32Array
  /** Milliseconds of the monotonic clock, as whole number. */
  deadline: BigInt64Array
  /** CPU milliseconds of the process at which the job is over. */
  cpuLimit: BigInt64Array
}
interface GuardData extends GuardOptions { role: 'childGuard', shared: Shared }

export interface Guard {
  begin (decodeMsMax: number): void
  end (): void
  /** Watches the memory of a program that the job started, and ends it with the child; 0 for none. */
  watchProgram (pid: number): void
}

/** Starts the thread; call it once, from the child's main thread. */
export function startGuard (options: GuardOptions): Guard {
  const shared: Shared = {
    flags: new Int32Array(new SharedArrayBuffer(12)),
    deadline: new BigInt64Array(new SharedArrayBuffer(8)),
    cpuLimit: new BigInt64Array(new SharedArrayBuffer(8))
  }
  const data: GuardData = { role: 'childGuard', ...options, shared }
  const worker = new Worker(new URL(import.meta.url), { workerData: data, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 16 } })
  // A child without its guard is not safe to feed.
  worker.on('error', () => endGroup('SIGKILL'))
  worker.unref()
  return {
    begin (decodeMsMax) {
      const allowedMs = BigInt(Math.ceil(decodeMsMax) + deadlineGraceMs)
      Atomics.store(shared.deadline, 0, monotonicMs() + allowedMs)
      // The decoder and its input thread: never more than two at work.
      Atomics.store(shared.cpuLimit, 0, cpuMs() + 2n * allowedMs)
      Atomics.store(shared.flags, slots.busy, 1)
      // A guard that is awake sees the job at its next look.
      if (Atomics.load(shared.flags, slots.asleep) === 1) Atomics.notify(shared.flags, slots.busy)
    },
    end () {
      Atomics.store(shared.flags, slots.busy, 0)
    },
    watchProgram (pid) {
      Atomics.store(shared.flags, slots.programPid, pid)
    }
  }
}

function monotonicMs (): bigint {
  return process.hrtime.bigint() / 1_000_000n
}

function cpuMs (): bigint {
  const { user, system } = process.cpuUsage()
  return BigInt(Math.round((user + system) / 1000))
}

/** Resident bytes of another process; 0 where the system does not tell by /proc. */
function residentBytes (pid: number): number {
  try {
    // Not `statm`, which counts in pages: they are longer than 4 KB on some ARM systems.
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** The child leads a process group, so a program it started goes with it. */
function endGroup (signal: NodeJS.Signals): void {
  process.kill(-process.pid, signal)
}

function watch ({ ownerPid, memoryBytesMax, shared }: GuardData): never {
  let bytesLeft = 0
  for (;;) {
    Atomics.store(shared.flags, slots.asleep, 1)
    Atomics.wait(shared.flags, slots.busy, 0)
    Atomics.store(shared.flags, slots.asleep, 0)
    // Most jobs are over before the first look; to be woken for each would cost more than to look at what is running then.
    while (Atomics.wait(shared.flags, slots.busy, 1, lookAfterMs(bytesLeft)) === 'timed-out') {
      if (Atomics.load(shared.flags, slots.busy) === 0) break
      if (process.ppid !== ownerPid) endGroup('SIGKILL')
      if (monotonicMs() > Atomics.load(shared.deadline, 0) || cpuMs() > Atomics.load(shared.cpuLimit, 0)) endChild(deathSignals.deadline, shared)
      const programPid = Atomics.load(shared.flags, slots.programPid)
      bytesLeft = memoryBytesMax - process.memoryUsage.rss() - (programPid > 0 ? residentBytes(programPid) : 0)
      if (bytesLeft < 0) endChild(deathSignals.memory, shared)
    }
  }
}

function lookAfterMs (bytesLeft: number): number {
  return Math.max(lookAfterMsMin, Math.min(lookAfterMsMax, bytesLeft / filledBytesPerMs))
}

function endChild (signal: NodeJS.Signals, shared: Shared): void {
  const programPid = Atomics.load(shared.flags, slots.programPid)
  if (programPid > 0) endProgram(programPid)
  process.kill(process.pid, signal)
}

function endProgram (pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

/** Other threads import this file for its signals only. */
function isGuardData (data: unknown): data is GuardData {
  return typeof data === 'object' && data !== null && 'role' in data && data.role === 'childGuard'
}

if (!isMainThread && isGuardData(workerData)) watch(workerData)
