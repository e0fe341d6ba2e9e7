import autocannon, { type Result } from 'autocannon'
import type { GateAddress } from './gate.js'
import type { Stretch } from './figures.js'
import { idle } from './processes.js'
import { Window, type WindowTimes } from './window.js'

export interface Load extends WindowTimes {
  gate: GateAddress
  key: string
  path: string
  connections: number
  /** Sent by all connections in turn. */
  bodies: readonly Body[]
}

export interface Body {
  bytes: Buffer
  type: string
}

const answerSMax = 60
const lookEveryMs = 50

/**
 * A closed loop: each connection sends its next request as soon as the last one is answered. Every request is put together
 * before the first is sent, as a copy of each body at that moment would take processor time from the gate.
 */
export async function closedLoop (load: Load): Promise<Stretch> {
  const { gate, key, path, connections, bodies } = load
  await idle(gate.pid)
  const requests = bodies.map(({ bytes, type }) => ({ method: 'POST', path, body: bytes, headers: { authorization: `Bearer ${key}`, 'content-type': type } }))
  const window = new Window(gate.pid, { warmS: load.warmS, windowS: load.windowS, passPieces: requests.length })
  let connected = 0
  let sent = 0
  const { errors, timeouts } = await new Promise<Result>((resolve, reject) => {
    const instance = autocannon({
      url: gate.url,
      connections,
      duration: Math.ceil(Window.secondsMax(load)),
      timeout: answerSMax,
      sampleInt: lookEveryMs,
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
      window.note(ms, status === 200)
      if (window.isClosed) instance.stop()
    })
  })
  window.close()
  const stretch = window.stretch()
  if (sent < stretch.done) throw new Error('autocannon sends in an order of its own.')
  return { ...stretch, failed: stretch.failed + errors + timeouts }
}

/** A multipart body of one file, as a browser sends it. */
export function multipart (file: Uint8Array): Body {
  const boundary = '----keersluis-bench-4b1f0c7e'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="upload"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return { bytes: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]), type: `multipart/form-data; boundary=${boundary}` }
}
