import { request, Agent } from 'undici'
import type { Readable } from 'node:stream'
import { rm } from 'node:fs/promises'
import { isHeld, openGate, socketFile } from './compose.js'
import type { Config } from './config.js'
import { KeersluisError } from './errors.js'

export interface ClientAnswer {
  status: number
  body: Record<string, unknown>
}

/** Speaks to the gate on its socket. */
export class Client {
  readonly #agent: Agent

  constructor (socket: string) {
    this.#agent = new Agent({ connect: { socketPath: socket }, headersTimeout: 0, bodyTimeout: 0 })
  }

  /** A JSON body, or the bytes of a file as a stream. @throws KeersluisError `gateUnreachable` */
  async call (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object | Readable): Promise<ClientAnswer> {
    const isStream = body !== undefined && 'pipe' in body
    try {
      const answer = await request('http://gate' + url, {
        dispatcher: this.#agent,
        method,
        ...(body === undefined ? {} : { body: isStream ? body : JSON.stringify(body), headers: { 'content-type': isStream ? 'application/octet-stream' : 'application/json' } })
      })
      const text = await answer.body.text()
      return { status: answer.statusCode, body: text === '' ? {} : JSON.parse(text) as Record<string, unknown> }
    } catch (error) {
      throw new KeersluisError('gateUnreachable', 'The running gate does not answer on its socket.', { cause: error })
    }
  }

  async close (): Promise<void> {
    await this.#agent.close()
  }
}

/** Uses the gate that runs on this data folder, or opens one for the time of `work`. */
export async function withGate<T> (config: Config, work: (client: Client) => Promise<T>): Promise<T> {
  if (await isHeld(config)) {
    const client = new Client(socketFile(config))
    try { return await work(client) } finally { await client.close() }
  }
  const gate = await openGate({ ...config, logLevel: 'error' })
  const client = new Client(socketFile(config))
  try {
    await rm(socketFile(config), { force: true })
    await gate.localApp.listen({ path: socketFile(config) })
    return await work(client)
  } finally {
    await client.close()
    await gate.close()
  }
}
