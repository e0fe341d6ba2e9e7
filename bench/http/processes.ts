import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of /proc/PID/stat are hundredths of a second on every Linux that Node runs on (sysconf _SC_CLK_TCK). */
const ticksPerS = 100
const pageBytes = 4_096

interface Stat {
  parent: number
  /** Its own processor time and that of children that it has waited for. */
  processorS: number
  residentBytes: number
}

/** Fields of /proc/PID/stat by proc(5); the name before them is in brackets and may hold anything. */
function readStat (pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number)
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0)
    return { parent: fields[1] ?? 0, processorS: ticks / ticksPerS, residentBytes: (fields[21] ?? 0) * pageBytes }
  } catch {
    return undefined
  }
}

/** A process and everything below it, as it is now. */
function tree (root: number): Stat[] {
  const all = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat !== undefined) all.set(Number(name), stat)
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) if (at === root) return true
    return false
  }
  return [...all].filter(([pid]) => isBelow(pid)).map(([, stat]) => stat)
}

/** Processor seconds that a process and all below it have used, the ones that ended among them. */
export function processorS (root: number): number {
  return tree(root).reduce((sum, stat) => sum + stat.processorS, 0)
}

export interface Resident {
  /** The process itself, shared memory of its threads included. */
  ownBytes: number
  /** With everything below it. */
  treeBytes: number
}

export function resident (root: number): Resident {
  return { ownBytes: readStat(root)?.residentBytes ?? 0, treeBytes: tree(root).reduce((sum, stat) => sum + stat.residentBytes, 0) }
}

/** Processor seconds of programs that this process ran and waited for. */
export function waitedProcessorS (): number {
  const text = readFileSync('/proc/self/stat', 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number)
  return ((fields[13] ?? 0) + (fields[14] ?? 0)) / ticksPerS
}

const idleSampleMs = 100
/** Less than that in a sample is what a gate does when nobody asks it anything. */
const idleProcessorS = 0.02
const idleWaitMsMax = 15_000

/** Waits until a process tree does nothing any more: what a sender that went away has left behind is no part of the next figure. */
export async function idle (root: number): Promise<void> {
  const giveUpAt = performance.now() + idleWaitMsMax
  let before = processorS(root)
  while (performance.now() < giveUpAt) {
    await new Promise(resolve => setTimeout(resolve, idleSampleMs))
    const now = processorS(root)
    if (now - before < idleProcessorS) return
    before = now
  }
}
