import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'

const cli = new URL('./cli.js', import.meta.url).pathname

export interface Ran { code: number, out: string, errors: string }

/** Runs a command of the command line. */
export async function keersluis (dataDir: string, ...args: string[]): Promise<Ran> {
  return await keersluisIn(process.cwd(), dataDir, ...args)
}

/** Runs a command of the command line in a working folder. */
export async function keersluisIn (cwd: string, dataDir: string, ...args: string[]): Promise<Ran> {
  return await new Promise(resolve => {
    execFile(process.execPath, [cli, ...args, '--data-dir', dataDir], { cwd, maxBuffer: 1e8 }, (error, out, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors })
    })
  })
}

interface Served { child: ChildProcess, url: string, log: () => string }

/** A gate in a process of its own, and what it writes to its log. */
export async function serve (t: Test, dataDir: string, logLevel = 'silent', ...args: string[]): Promise<Served> {
  return await serveInto(t, 'pipe', dataDir, logLevel, ...args)
}

/** The same, with its log in an open file. */
export async function serveInto (t: Test, log: 'pipe' | number, dataDir: string, logLevel: string, ...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--log-level', logLevel, '--data-dir', dataDir, ...args], { stdio: ['ignore', 'pipe', log] })
  t.teardown(() => { child.kill('SIGKILL') })
  let written = ''
  child.stderr?.on('data', (piece: Buffer) => { written += piece.toString() })
  const ended = once(child, 'exit').then(() => { throw new Error(`The gate ended at its start: ${written}`) })
  const [line] = await Promise.race([once(child.stdout as Readable, 'data'), ended]) as [Buffer]
  ended.catch(() => {})
  return { child, url: (JSON.parse(line.toString()) as { listening: string }).listening, log: () => written }
}
