import { readdirSync, readFileSync } from 'node:fs'

/** Field of /proc/PID/stat after the name in brackets (proc(5)), counted from 0. */
const parentField = 1
const nsPerMs = 1e6

/**
 * Starts to count the processor time of this process and of the children that it has now. What other processes do on
 * the same cores does not count, unlike in wall time. Linux only: throws where there is no /proc.
 * @returns the milliseconds since then; a child, or a thread of one, that ended meanwhile drops out.
 */
export function startCpuClock (): () => number {
  const children = readdirSync('/proc').filter(name => /^\d+$/.test(name) && parentOf(name) === process.pid)
  const childrenMs = (): number => children.reduce((sum, pid) => sum + processorMs(pid), 0)
  const childrenStart = childrenMs()
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000 + childrenMs() - childrenStart
  }
}

/** By all threads that it has now, to the nanosecond (the kernel's Documentation/scheduler/sched-stats); /proc/PID/stat counts in hundredths of a second. */
function processorMs (pid: string): number {
  try {
    const tasks = `/proc/${pid}/task`
    return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]) / nsPerMs, 0)
  } catch {
    return 0
  }
}

/** NaN where the process has ended meanwhile. */
function parentOf (pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[parentField])
  } catch {
    return Number.NaN
  }
}
