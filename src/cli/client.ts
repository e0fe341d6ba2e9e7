import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { Agent, request, type Dispatcher } from 'undici'
import type { Gate } from '../compose.js'
import { socketFile, type Config } from '../config.js'
import { KeersluisError } from '../errors.js'

export interface ClientAnswer {
  status: number
  body: Record<string, unknown>
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** A gate that holds the data folder may still be starting: how long its socket is waited for, and how often it is tried. */
const startMsMax = 30_000
const retryMs = 200

/** Speaks to the gate on its socket. */
export class Client {
  readonly #agent: Agent

  constructor (socket: string) {
    this.#agent = new Agent({ connect: { socketPath: socket }, headersTimeout: 0, bodyTimeout: 0 })
  }

  /** A JSON body, or bytes as a stream. @throws KeersluisError `gateUnreachable` */
  async call (method: Method, url: string, body?: object | Readable): Promise<ClientAnswer> {
    const answer = await this.#request(method, url, body)
    const text = await answer.body.text()
    return { status: answer.statusCode, body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> }
  }

  /** The answer of a call that must succeed. @throws KeersluisError `gateUnreachable`, `invalidRequest` with what the gate said */
  async done (method: Method, url: string, body?: object | Readable): Promise<Record<string, unknown>> {
    const answer = await this.call(method, url, body)
    if (answer.status < 300) return answer.body
    throw refusedBy(answer.body)
  }

  /** The bytes of an answer, as they arrive. @throws KeersluisError as `done` */
  async download (url: string): Promise<Readable> {
    const answer = await this.#request('GET', url)
    if (answer.statusCode < 300) return answer.body
    throw refusedBy(await answer.body.json() as Record<string, unknown>)
  }

  async close (): Promise<void> {
    await this.#agent.close()
  }

  async #request (method: Method, url: string, body?: object | Readable): Promise<Dispatcher.ResponseData> {
    const isStream = body !== undefined && 'pipe' in body
    const sent = body === undefined
      ? {}
      : { body: isStream ? body : JSON.stringify(body), headers: { 'content-type': isStream ? 'application/octet-stream' : 'application/json' } }
    for (const started = performance.now(); ;) {
      try {
        return await request('http://gate' + url, { dispatcher: this.#agent, method, ...sent })
      } catch (error) {
        const isStarting = ['ENOENT', 'ECONNREFUSED'].includes(codeOf(error)) && performance.now() - started < startMsMax
        if (!isStarting) throw new KeersluisError('gateUnreachable', 'The running gate does not answer on its socket.', { cause: error })
        await setTimeout(retryMs)
      }
    }
  }
}

function refusedBy (problem: Record<string, unknown>): KeersluisError {
  return new KeersluisError('invalidRequest', String(problem.detail ?? problem.title ?? 'The gate refused the call.'))
}

function codeOf (error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Uses the gate that holds this data folder, or opens one for the time of `work`. */
export async function withGate<T> (config: Config, work: (client: Client) => Promise<T>): Promise<T> {
  const gate = await isAnswered(socketFile(config)) ? undefined : await openOwnGate(config)
  const client = new Client(socketFile(config))
  try {
    return await work(client)
  } finally {
    await client.close()
    await gate?.close()
  }
}

/** A gate for this process; `undefined` where another holds the data folder after all, and is about to listen. */
async function openOwnGate (config: Config): Promise<Gate | undefined> {
  // Loading the whole gate takes longer than most commands that need only its socket.
  const { listenLocally, openGate } = await import('../compose.js')
  const isNew = !existsSync(path.join(config.dataDir, 'store.sqlite'))
  try {
    const gate = await openGate({ ...config, logLevel: 'error' })
    await listenLocally(gate, config)
    // A wrong folder would otherwise look like a gate without lists, and take keys that no site can use.
    if (isNew) process.stderr.write(`There was no gate in ${config.dataDir}; a new, empty one was made there. Name another with KEERSLUIS_DATA_DIR or --data-dir.\n`)
    return gate
  } catch (error) {
    if (error instanceof KeersluisError && error.code === 'dataDirLocked') return undefined
    throw error
  }
}

async function isAnswered (socket: string): Promise<boolean> {
  return await new Promise(resolve => {
    const connection = connect(socket)
    connection.once('connect', () => { connection.destroy(); resolve(true) })
    connection.once('error', () => { resolve(false) })
  })
}
