import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from '#keersluis/cli/client.js'
import { popcount } from '#keersluis/hash/bits.js'
import { randomWords } from './data.js'
import type { GateFigures } from './figures.js'

const cli = fileURLToPath(new URL('../../cli.js', import.meta.url))
const sampleLines = 100
const linesPerWrite = 10_000
/** Longer than any of this takes: what waits longer hangs. */
const waitMsMax = 1_200_000
const checkEveryMs = 250

/** Bits of a value as a picture hash has them: half of them ones. */
function balanced (random: () => number): Buffer {
  const words = Uint32Array.from({ length: 8 }, random)
  const value = Buffer.from(words.buffer)
  let ones = popcount(value)
  while (ones !== 128) {
    const bit = random() & 255
    const isSet = ((value[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
    if ((ones > 128) !== (isSet === 1)) continue
    value[bit >>> 3] = (value[bit >>> 3] ?? 0) ^ 1 << (bit & 7)
    ones += isSet === 1 ? -1 : 1
  }
  return value
}

/** Writes a text list of made-up PDQ values; returns some of them, from all over the file. */
async function writeList (file: string, lines: number): Promise<Buffer[]> {
  const random = randomWords(lines)
  const out = createWriteStream(file)
  const sample: Buffer[] = []
  const every = Math.max(1, Math.floor(lines / sampleLines))
  for (let line = 0; line < lines;) {
    let text = ''
    for (const end = Math.min(lines, line + linesPerWrite); line < end; line++) {
      const value = balanced(random)
      if (line % every === 0 && sample.length < sampleLines) sample.push(value)
      text += `pdq ${value.toString('hex')}\n`
    }
    if (!out.write(text)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  return sample
}

/** The value with four ones and four zeros turned: still balanced. */
function near (value: Buffer): Buffer {
  const copy = Buffer.from(value)
  const left = [4, 4]
  for (let bit = 0; bit < 256 && Math.max(...left) > 0; bit++) {
    const isSet = ((copy[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
    if ((left[isSet] ?? 0) === 0) continue
    left[isSet] = (left[isSet] ?? 0) - 1
    copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ 1 << (bit & 7)
  }
  return copy
}

const secondsSince = (startMs: number): number => (performance.now() - startMs) / 1_000

function megabytesBelow (path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size / 1e6
  return readdirSync(path).reduce((sum, name) => sum + megabytesBelow(join(path, name)), 0)
}

/** One gate in a process of its own, and what a client sees of it. */
class Gate {
  readonly #folder: string
  readonly #process: ChildProcess
  readonly #client: Client

  private constructor (folder: string, process: ChildProcess) {
    this.#folder = folder
    this.#process = process
    this.#client = new Client(join(folder, 'gate.sock'))
  }

  static async start (folder: string): Promise<Gate> {
    const words = ['serve', '--port', '0', '--data-dir', folder, '--log-level', 'silent']
    const process_ = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'pipe', 'ignore'] })
    await Promise.race([once(process_.stdout, 'data'), once(process_, 'exit').then(() => { throw new Error('The gate ended at its start.') })])
    return new Gate(folder, process_)
  }

  /** How many of the values are blocked. */
  async blocked (values: readonly Buffer[]): Promise<number> {
    const hashes = values.map((value) => ({ algorithm: 'pdq', value: value.toString('hex') }))
    const { results } = await this.#client.done('POST', '/v1/checks/hashes', { hashes }) as { results: Array<{ verdict: string }> }
    return results.filter(({ verdict }) => verdict === 'block').length
  }

  async createList (name: string): Promise<void> { await this.#client.done('POST', '/v1/lists', { name }) }

  /** Takes the item with this value off the list, and puts it on again. */
  async change (list: string, value: Buffer): Promise<{ removeMs: number, addMs: number, right: boolean }> {
    const hashes = [{ algorithm: 'pdq', value: value.toString('hex') }]
    const { results } = await this.#client.done('POST', '/v1/checks/hashes', { hashes }) as { results: Array<{ matches: Array<{ itemId: number }> }> }
    const startMs = performance.now()
    await this.#client.done('DELETE', `/v1/lists/${list}/items/${results[0]?.matches[0]?.itemId ?? 0}`, { reason: 'bench' })
    const removeMs = performance.now() - startMs
    const gone = await this.blocked([value]) === 0
    const addedMs = performance.now()
    await this.#client.done('POST', `/v1/lists/${list}/items`, { hashes })
    const addMs = performance.now() - addedMs
    return { removeMs, addMs, right: gone && await this.blocked([value]) === 1 }
  }

  /** Waits until the search tables are built; the list version that they hold at least. */
  async settled (): Promise<number> {
    for (const startMs = performance.now(); secondsSince(startMs) * 1_000 < waitMsMax; await sleep(500)) {
      const { segments, delta, version } = await this.#metrics()
      if (segments <= 8 && delta < 16_384) return version
    }
    throw new Error('The search tables were not built in time.')
  }

  /** Waits for a snapshot that covers the version. */
  async saved (version: number): Promise<void> {
    const manifest = join(this.#folder, 'snapshot', 'index.json')
    for (const startMs = performance.now(); secondsSince(startMs) * 1_000 < waitMsMax; await sleep(500)) {
      try {
        const { body } = JSON.parse(readFileSync(manifest, 'utf8')) as { body: string }
        if ((JSON.parse(body) as { coveredVersion: number }).coveredVersion >= version) return
      } catch {
        // Not there yet.
      }
    }
    throw new Error('No snapshot was saved in time.')
  }

  /** Resident memory in MB: the most so far, and now. */
  resident (): { most: number, now: number } {
    const status = readFileSync(`/proc/${this.#process.pid ?? 0}/status`, 'utf8')
    const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_000
    return { most: of('VmHWM'), now: of('VmRSS') }
  }

  async kill (): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    await this.#client.close()
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
  }

  async #metrics (): Promise<{ segments: number, delta: number, version: number }> {
    const text = await (await this.#client.download('/metrics')).setEncoding('utf8').toArray() as string[]
    const of = (name: string): number => Number(new RegExp(`^keersluis_${name} (\\S+)$`, 'm').exec(text.join(''))?.[1])
    return { segments: of('index_segments'), delta: of('index_delta_entries'), version: of('list_version') }
  }
}

/** Runs a command of the command line; its exit code must be 0. Seconds until it ends. */
async function command (folder: string, ...words: string[]): Promise<number> {
  const startMs = performance.now()
  const child = spawn(process.execPath, [cli, ...words, '--data-dir', folder], { stdio: 'ignore' })
  const [exit] = await once(child, 'exit') as [number | null]
  if (exit !== 0) throw new Error(`The command ${words[0] ?? ''} ended with ${exit ?? 'a signal'}.`)
  return secondsSince(startMs)
}

/** Runs `work`, and asks the gate a question now and then meanwhile: the slowest answer in ms. */
async function withChecks<T> (gate: Gate, value: Buffer, work: Promise<T>): Promise<{ result: T, msMax: number }> {
  let msMax = 0
  const done = new AbortController()
  const asking = async (): Promise<void> => {
    while (!done.signal.aborted) {
      const startMs = performance.now()
      await gate.blocked([value])
      msMax = Math.max(msMax, performance.now() - startMs)
      await sleep(checkEveryMs)
    }
  }
  const asked = asking()
  try {
    const result = await work
    return { result, msMax }
  } finally {
    done.abort()
    await asked
  }
}

/** A list of `lines` lines through the command line: into a running gate, changed, killed, started; and into a stopped one. */
export async function gateFigures (root: string, lines: number, progress: (what: string) => void): Promise<GateFigures> {
  const file = join(root, 'list.txt')
  const folder = join(root, 'gate')
  const stopped = join(root, 'stopped')
  progress('writing the list')
  const sample = await writeList(file, lines)
  const asked = sample.flatMap((value) => [value, near(value)])
  let found = 0
  const ask = async (gate: Gate): Promise<void> => { found += await gate.blocked(asked) }
  progress('import into a running gate')
  let gate = await Gate.start(folder)
  try {
    await gate.createList('big')
    const { result: runningS, msMax } = await withChecks(gate, near(sample[0] ?? Buffer.alloc(32)), command(folder, 'import', 'big', file))
    await ask(gate)
    const importedMs = performance.now()
    const version = await gate.settled()
    const settledS = secondsSince(importedMs)
    await ask(gate)
    progress('the same import again')
    const repeatS = await command(folder, 'import', 'big', file)
    const change = await gate.change('big', sample[1] ?? Buffer.alloc(32))
    if (!change.right) throw new Error('An item was not taken off the list, or not put on it again.')
    await gate.saved(version)
    const resident = gate.resident()
    await gate.kill()
    const snapshotMb = megabytesBelow(join(folder, 'snapshot'))
    progress('start after a kill')
    const killedMs = performance.now()
    gate = await Gate.start(folder)
    await ask(gate)
    const killedStartS = secondsSince(killedMs)
    await gate.kill()
    rmSync(join(folder, 'snapshot'), { recursive: true })
    progress('start without a snapshot')
    const storeMs = performance.now()
    gate = await Gate.start(folder)
    await ask(gate)
    const storeStartS = secondsSince(storeMs)
    await gate.kill()
    progress('import into a stopped gate')
    await command(stopped, 'create-list', 'big')
    const stoppedS = await command(stopped, 'import', 'big', file)
    return {
      lines,
      runningS,
      stoppedS,
      checkMsMax: msMax,
      settledS,
      residentMbMax: resident.most,
      residentMb: resident.now,
      storeMb: megabytesBelow(join(folder, 'store.sqlite')),
      snapshotMb,
      repeatS,
      found,
      asked: 4 * asked.length,
      removeMs: change.removeMs,
      addMs: change.addMs,
      killedStartS,
      storeStartS
    }
  } finally {
    await gate.kill()
    for (const path of [file, folder, stopped]) rmSync(path, { recursive: true, force: true })
  }
}
