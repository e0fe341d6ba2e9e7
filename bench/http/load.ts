import autocannon, { type Result } from 'autocannon'
import type { Gate } from './gate.js'
import type { Stretch } from './figures.js'
import { idle, processorS } from './processes.js'

export interface Load {
  gate: Gate
  key: string
  path: string
  connections: number
  /** Seconds before the window opens. */
  warmS: number
  windowS: number
  /** Sent by all connections in turn. */
  bodies: readonly Body[]
}

export interface Body {
  bytes: Buffer
  type: string
}

const answerSMax = 60

/**
 * A closed loop: each connection sends its next request as soon as the last one is answered. Every request is put together
 * before the first is sent, as a copy of each body at that moment would take processor time from the gate.
 */
export async function closedLoop (load: Load): Promise<Stretch> {
  const { gate, key, path, connections, bodies } = load
  await idle(gate.pid)
  const opensAt = performance.now() + load.warmS * 1_000
  const closesAt = opensAt + load.windowS * 1_000
  const isOpen = (): boolean => performance.now() >= opensAt && performance.now() <= closesAt
  const elapsedMs: number[] = []
  let failed = 0
  const usage = windowUsage(gate.pid, load.warmS * 1_000, load.windowS * 1_000)
  const requests = bodies.map(({ bytes, type }) => ({ method: 'POST', path, body: bytes, headers: { authorization: `Bearer ${key}`, 'content-type': type } }))
  let connected = 0
  let sent = 0
  const result = new Promise<Result>((resolve, reject) => {
    const instance = autocannon({
      url: gate.url,
      connections,
      duration: Math.ceil(load.warmS + load.windowS),
      timeout: answerSMax,
      requests: requests.slice(0, 1),
      setupClient: client => {
        if (connected++ === 0) client.setRequests(requests)
        const { requestIterator } = client
        requestIterator.nextRequest = () => {
          requestIterator.currentRequest = requests[sent++ % requests.length] ?? requestIterator.currentRequest
          return requestIterator.currentRequest
        }
      }
    }, (error, result) => { if (error === null) resolve(result); else reject(error) })
    instance.on('response', (_client, status, _bytes, ms) => {
      if (!isOpen()) return
      if (status === 200) elapsedMs.push(ms)
      else failed++
    })
  })
  const [{ errors, timeouts }, used] = await Promise.all([result, usage])
  if (sent < elapsedMs.length) throw new Error('autocannon sends in an order of its own.')
  elapsedMs.sort((a, b) => a - b)
  return { done: elapsedMs.length, windowS: load.windowS, elapsedMs, ...used, failed: failed + errors + timeouts }
}

/** Processor seconds that a process tree, and this process, use between two moments from now. */
export async function windowUsage (pid: number, warmMs: number, windowMs: number): Promise<{ processorS: number, senderS: number }> {
  await sleep(warmMs)
  const before = { processorS: processorS(pid), own: process.cpuUsage() }
  await sleep(windowMs)
  const own = process.cpuUsage(before.own)
  return { processorS: processorS(pid) - before.processorS, senderS: (own.user + own.system) / 1e6 }
}

async function sleep (ms: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, ms))
}

/** A multipart body of one file, as a browser sends it. */
export function multipart (file: Uint8Array): Body {
  const boundary = '----keersluis-bench-4b1f0c7e'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="upload"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return { bytes: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]), type: `multipart/form-data; boundary=${boundary}` }
}
