import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../cli.js', import.meta.url))
/** A start reads a snapshot or all rows; nothing here takes longer. */
const startMsMax = 120_000
const stopMsMax = 40_000
const callMsMax = 120_000
const stderrCharsMax = 4_000

export interface GateAnswer {
  status: number
  body: Record<string, unknown>
}

/** What a sender needs of it. */
export interface GateAddress {
  url: string
  pid: number
}

/** The real gate as an operator starts it: a child process, on 127.0.0.1, on a port of its own choice. */
export class Gate {
  readonly url: string
  /** Seconds from the start of the process to the line that says it listens. */
  readonly startS: number
  readonly operatorKey: string
  readonly #child: ChildProcess

  private constructor (child: ChildProcess, url: string, startS: number, operatorKey: string) {
    this.#child = child
    this.url = url
    this.startS = startS
    this.operatorKey = operatorKey
  }

  /** `flags` are settings of docs/reference/configuration.md. Rejects with what the gate said where it does not start. */
  static async start (dataDir: string, flags: readonly string[]): Promise<Gate> {
    const from = performance.now()
    const child = spawn(process.execPath, [program, 'serve', '--data-dir', dataDir, '--host', '127.0.0.1', '--port', '0', '--log-level', 'error', ...flags], {
      env: {}, stdio: ['ignore', 'pipe', 'pipe']
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-stderrCharsMax) })
    const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax)
    try {
      const lines = createInterface({ input: child.stdout })
      const gone = once(child, 'exit').then(() => { throw new Error(`The gate did not start: ${said}`) })
      gone.catch(() => {})
      const [line] = await Promise.race([once(lines, 'line'), gone]) as [string]
      const { listening } = JSON.parse(line) as { listening: string }
      const startS = (performance.now() - from) / 1_000
      return new Gate(child, listening, startS, (await readFile(join(dataDir, 'operator.key'), 'utf8')).trim())
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  get pid (): number { return this.#child.pid ?? 0 }

  get address (): GateAddress { return { url: this.url, pid: this.pid } }

  /** Bytes and texts go as they are, anything else as JSON. Rejects where the answer is no success: a bench goes by its own script. */
  async call (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object | string | Uint8Array<ArrayBuffer>, key = this.operatorKey): Promise<GateAnswer> {
    const isRaw = body instanceof Uint8Array || typeof body === 'string'
    const type = typeof body === 'string' ? 'text/plain' : isRaw ? 'application/octet-stream' : 'application/json'
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(callMsMax)
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text.slice(0, 500)}`)
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> }
  }

  /** The key of a provider that may send bare hashes, without a limit of its own. */
  async createProviderKey (): Promise<string> {
    const { body } = await this.call('POST', '/v1/keys', { name: 'bench', roles: ['provider'], detail: 'short', allowHashes: true })
    return String(body.key)
  }

  /** One number of /metrics. */
  async metric (name: string): Promise<number> {
    const answer = await fetch(`${this.url}/metrics`, { headers: { authorization: `Bearer ${this.operatorKey}` }, signal: AbortSignal.timeout(callMsMax) })
    const line = (await answer.text()).split('\n').find(line => line.startsWith(`${name} `))
    return Number(line?.split(' ')[1] ?? Number.NaN)
  }

  /** As an operator stops it: SIGTERM, and the end of what is in flight. */
  async stop (): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMsMax)
    this.#child.kill('SIGTERM')
    await exited
    clearTimeout(timer)
  }
}

/** Settings without which a bench would measure a limit of its key. */
export const unlimitedFlags = ['--checks-per-minute', '0', '--hashes-per-minute', '1000000000'] as const
