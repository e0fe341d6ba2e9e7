import { Agent, request } from 'node:http'
import { randomWords } from '../index/data.js'
import type { Gate } from './gate.js'
import { resident, type Resident } from './processes.js'

export interface OverloadOrder {
  gate: Gate
  key: string
  bodies: readonly Buffer[]
  /** Requests offered each second, whatever the answers are. */
  offeredPerS: number
  warmS: number
  windowS: number
}

export interface Overload {
  offered: number
  /** Answered with 200. */
  served: number
  servedPerS: number
  /** Answered 503 with Retry-After. */
  refused: number
  /** Anything else, by what it was: a status, the code of a broken connection, a request that this side could not send. */
  other: Map<string, number>
  /** From the headers sent to the 503, sorted. */
  refusedMs: number[]
  /** From the headers sent to the verdict, sorted. */
  servedMs: number[]
  memory: Resident[]
}

const inFlightMax = 4_000
const sampleEveryMs = 250
const answerMsMax = 60_000

interface Outcome {
  /** The status, or what ended the connection. */
  what: string
  retryAfter: boolean
  elapsedMs: number
}

/** Requests at moments that do not wait for answers (a Poisson process, seeded), as from many visitors. */
export async function overload (order: OverloadOrder): Promise<Overload> {
  const { gate, bodies, offeredPerS, warmS, windowS } = order
  const agent = new Agent({ keepAlive: true, maxSockets: inFlightMax })
  const random = randomWords(503)
  const result: Overload = { offered: 0, served: 0, servedPerS: 0, refused: 0, other: new Map(), refusedMs: [], servedMs: [], memory: [] }
  const from = performance.now()
  const opensAt = from + warmS * 1_000
  const closesAt = opensAt + windowS * 1_000
  const sampler = setInterval(() => { if (performance.now() >= opensAt) result.memory.push(resident(gate.pid)) }, sampleEveryMs)
  const pending = new Set<Promise<void>>()
  let dueAt = from
  let sent = 0
  try {
    while (performance.now() < closesAt) {
      for (; dueAt <= performance.now(); dueAt += -Math.log(1 - random() / 2 ** 32) / offeredPerS * 1_000) {
        const counts = dueAt >= opensAt
        if (counts) result.offered++
        if (pending.size >= inFlightMax) {
          if (counts) noteOther(result, 'not sent')
          continue
        }
        const one: Promise<void> = send(order, agent, bodies[sent++ % bodies.length] ?? Buffer.alloc(0)).then(outcome => {
          const answeredAt = performance.now()
          if (outcome.what === '200' && answeredAt >= opensAt && answeredAt <= closesAt) result.servedPerS += 1 / windowS
          if (counts) note(result, outcome)
        }).finally(() => pending.delete(one))
        pending.add(one)
      }
      await new Promise(resolve => setTimeout(resolve, 1))
    }
    await Promise.all(pending)
  } finally {
    clearInterval(sampler)
    agent.destroy()
  }
  result.refusedMs.sort((a, b) => a - b)
  result.servedMs.sort((a, b) => a - b)
  return result
}

function note (result: Overload, { what, retryAfter, elapsedMs }: Outcome): void {
  if (what === '200') {
    result.served++
    result.servedMs.push(elapsedMs)
  } else if (what === '503' && retryAfter) {
    result.refused++
    result.refusedMs.push(elapsedMs)
  } else {
    noteOther(result, what)
  }
}

function noteOther ({ other }: Overload, what: string): void {
  other.set(what, (other.get(what) ?? 0) + 1)
}

/** Headers first, then the body; the clock starts when the headers are written. Never rejects. */
async function send ({ gate, key }: OverloadOrder, agent: Agent, body: Buffer): Promise<Outcome> {
  return await new Promise(resolve => {
    let from = performance.now()
    const outgoing = request({
      ...gate.authority,
      agent,
      method: 'POST',
      path: '/v1/checks',
      timeout: answerMsMax,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream', 'content-length': body.length }
    })
    const end = (what: string, retryAfter: boolean): void => { resolve({ what, retryAfter, elapsedMs: performance.now() - from }) }
    outgoing.once('response', answer => {
      end(String(answer.statusCode), answer.headers['retry-after'] !== undefined)
      answer.resume()
    })
    // After an answer, too, a connection may break: the rest of a refused body has nowhere to go.
    outgoing.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message, false))
    outgoing.once('timeout', () => outgoing.destroy())
    const sendAll = (): void => {
      from = performance.now()
      outgoing.flushHeaders()
      outgoing.end(body)
    }
    // A new connection first needs its handshake, which is no part of the answer.
    outgoing.once('socket', socket => { if (socket.connecting) socket.once('connect', sendAll); else sendAll() })
  })
}
