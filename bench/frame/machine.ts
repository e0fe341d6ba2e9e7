import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Machine } from './record.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Looks at this machine and at what is measured on it. */
export function describeMachine (): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: [distribution(), `${type()} ${release()}`].filter(Boolean).join(', '),
    loadAtStart: loadavg()[0] ?? 0,
    versions: { Keersluis: ownVersion(), Node: process.versions.node, V8: process.versions.v8 }
  }
}

/** The machine in one line. */
export function machineText ({ processor, threads, memoryGiB, system, loadAtStart }: Machine): string {
  return `${processor}, ${threads} threads, ${memoryGiB} GiB, ${system}, load ${loadAtStart.toFixed(1)} at the start`
}

/** Waiting and running processes for each processor, from which on others take what is measured. */
const quietLoadMax = 0.5

/** A warning, where the machine had other work at the start. */
export function busyWarning ({ loadAtStart, threads }: Pick<Machine, 'loadAtStart' | 'threads'>): string | undefined {
  if (loadAtStart <= quietLoadMax * threads) return undefined
  return `The machine was busy at the start (load ${loadAtStart.toFixed(1)} on ${threads} threads): figures will be low.`
}

export function versionsText ({ versions }: Machine): string {
  return Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')
}

function distribution (): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

function ownVersion (): string {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
  const commit = git('rev-parse', '--short', 'HEAD')
  if (commit === '') return version
  return `${version} (${commit}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes'})`
}

/** What git says of the source; nothing where it was installed from a package. */
function git (...args: string[]): string {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
