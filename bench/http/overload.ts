import { randomWords } from '../index/data.js'
import type { GateAddress } from './gate.js'
import { OpenSender, type Answer } from './open-sender.js'
import { resident, type Resident } from './processes.js'

export interface OverloadOrder {
  gate: GateAddress
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
  /** From the request begun to the 503, sorted. */
  refusedMs: number[]
  /** From the request begun to the verdict, sorted. */
  servedMs: number[]
  memory: Resident[]
}

const inFlightMax = 4_000
const sampleEveryMs = 250

/** Requests at moments that do not wait for answers (a Poisson process, seeded), as from many visitors. */
export async function overload (order: OverloadOrder): Promise<Overload> {
  const { gate, key, offeredPerS, warmS, windowS } = order
  const requests = order.bodies.map(body => requestOf(gate, key, body))
  const sender = new OpenSender(gate.url)
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
        const one: Promise<void> = sender.send(requests[sent++ % requests.length] ?? Buffer.alloc(0)).then(answer => {
          const answeredAt = performance.now()
          if (answer.what === '200' && answeredAt >= opensAt && answeredAt <= closesAt) result.servedPerS += 1 / windowS
          if (counts) note(result, answer)
        }).finally(() => pending.delete(one))
        pending.add(one)
      }
      await new Promise(resolve => setTimeout(resolve, Math.min(dueAt, closesAt) - performance.now()))
    }
    await Promise.all(pending)
  } finally {
    clearInterval(sampler)
    sender.close()
  }
  result.refusedMs.sort((a, b) => a - b)
  result.servedMs.sort((a, b) => a - b)
  return result
}

function note (result: Overload, { what, hasRetryAfter, elapsedMs }: Answer): void {
  if (what === '200') {
    result.served++
    result.servedMs.push(elapsedMs)
  } else if (what === '503' && hasRetryAfter) {
    result.refused++
    result.refusedMs.push(elapsedMs)
  } else {
    noteOther(result, what)
  }
}

function noteOther ({ other }: Overload, what: string): void {
  other.set(what, (other.get(what) ?? 0) + 1)
}

function requestOf ({ url }: GateAddress, key: string, body: Buffer): Buffer {
  const head = [
    'POST /v1/checks HTTP/1.1', `Host: ${new URL(url).host}`, `Authorization: Bearer ${key}`, 'Content-Type: application/octet-stream', `Content-Length: ${body.length}`
  ]
  return Buffer.concat([Buffer.from(head.join('\r\n') + '\r\n\r\n'), body])
}
