import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { test } from 'tap'
import { fixtures, openSite, type Site } from './site.test-support.js'

interface Answered {
  status: number
  code: unknown
  headers: IncomingHttpHeaders
}

const pieceBytes = 64 * 1024

/** Sends a body in pieces, without saying how long it is; rejects where the connection breaks. */
async function send (site: Site, key: string, agent: Agent, body: Buffer, headers: Record<string, string> = {}): Promise<Answered> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(site.url + '/v1/checks', { method: 'POST', agent, headers: { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg', ...headers } }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => { text += part })
      answer.on('end', () => { resolve({ status: answer.statusCode ?? 0, code: (JSON.parse(text) as { code?: unknown }).code, headers: answer.headers }) })
    })
    outgoing.on('error', reject)
    for (let at = 0; at < body.length; at += pieceBytes) outgoing.write(body.subarray(at, at + pieceBytes))
    outgoing.end()
  })
}

test('an upload that is refused in the middle of its body is answered, and its connection stays good', async t => {
  const site = await openSite(t, t.testdir(), { uploadBytesMax: '1000000', spoolBytesMax: String(2 ** 20), videoQueueMax: '0' })
  const provider = await site.key('provider')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => { agent.destroy() })
  const photo = await readFile(path.join(fixtures, 'photos/harbour-03.jpg'))
  const answered = async (body: Buffer, headers?: Record<string, string>): Promise<Answered> => {
    const first = await send(site, provider, agent, body, headers)
    t.match(await send(site, provider, agent, photo), { status: 200 }, 'the next one on the same connection')
    return first
  }
  t.match(await answered(Buffer.alloc(3_000_000)), { status: 413, code: 'uploadTooLarge' })
  const boundary = 'a-boundary'
  const form = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`), Buffer.alloc(3_000_000), Buffer.from(`\r\n--${boundary}--\r\n`)
  ])
  t.match(await answered(form, { 'content-type': `multipart/form-data; boundary=${boundary}` }), { status: 413, code: 'uploadTooLarge' })

  const { spool } = site.gate.services
  const upload = await spool.receive(Readable.from([Buffer.alloc(600_000)]), 1, () => {})
  t.match(await answered(Buffer.alloc(900_000)), { status: 503, code: 'overloaded', headers: { 'retry-after': /\d/ } }, 'the spool is full')
  await upload.remove()
  t.equal(spool.bytes, 0)
})

/** All that the gate says until it closes the connection. */
async function heardOn (socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => { text += part })
  await once(socket, 'close')
  return text
}

test('an upload that takes too long to arrive is cut off, and a check that takes longer than that is answered', async t => {
  const site = await openSite(t, t.testdir(), { uploadMsMax: '600' })
  const key = await site.key('provider')
  const { hostname, port } = new URL(site.url)
  const slow = connect(Number(port), hostname)
  t.teardown(() => { slow.destroy() })
  slow.write(`POST /v1/checks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Length: 100000\r\n\r\n`)
  const trickle = setInterval(() => { slow.write('.') }, 50)
  t.teardown(() => { clearInterval(trickle) })
  t.match(await heardOn(slow), /^HTTP\/1\.1 400 [^]*content-type: application\/problem\+json[^]*"code":"uploadInterrupted"/)
  const heavy = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#345' } }).png({ progressive: true, compressionLevel: 1 }).toBuffer()
  t.match(await site.call(key, 'POST', '/v1/checks', heavy, 'image/png'), { status: 200 })
  t.match(await site.call(key, 'GET', '/v1/checks/%zz'), { status: 400, body: { code: 'invalidRequest' } })
})

test('packed bytes are refused, since nobody unpacks them', async t => {
  const site = await openSite(t, t.testdir())
  const key = await site.key('provider')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => { agent.destroy() })
  const card = await readFile(path.join(fixtures, 'test-card.png'))
  for (const headers of [{ 'content-encoding': 'gzip' }, { 'content-encoding': 'identity, br' }, { 'transfer-encoding': 'gzip, chunked' }]) {
    t.match(await send(site, key, agent, gzipSync(card), headers), { status: 415, code: 'unsupportedMediaType' }, JSON.stringify(headers))
  }
  t.match(await send(site, key, agent, card, { 'content-encoding': 'identity' }), { status: 200 })
})

test('what is no request is answered as every error is', async t => {
  const site = await openSite(t, t.testdir())
  const { hostname, port } = new URL(site.url)
  for (const [sent, heard] of [
    ['SOME WORDS\r\n\r\n', /^HTTP\/1\.1 400 Bad Request\r\n[^]*"code":"invalidRequest"/],
    [`GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, /^HTTP\/1\.1 400 [^]*"detail":"The headers are too long/]
  ] as const) {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(sent)
    t.match(await heardOn(socket), heard)
  }
  const { body } = await site.call(await site.key('operator'), 'GET', '/metrics')
  t.match(body.text, /^keersluis_rejected_total\{code="invalidRequest"\} 2$/m)
})

async function openConnections (site: Site): Promise<number> {
  return await promisify(site.gate.app.server.getConnections.bind(site.gate.app.server))()
}

test('a connection too many is told so, and counted', async t => {
  const site = await openSite(t, t.testdir(), { connectionsMax: '5' })
  const { hostname, port } = new URL(site.url)
  const [provider, operator] = [await site.key('provider'), await site.key('operator')]
  const sockets = Array.from({ length: 5 }, () => connect(Number(port), hostname))
  try {
    await Promise.all(sockets.map(async socket => await once(socket, 'connect')))
    t.match(await heardOn(connect(Number(port), hostname)), /^HTTP\/1\.1 503 [^]*retry-after: 1[^]*"code":"overloaded"/)
    const refused = { status: 503, code: 'overloaded', headers: { 'retry-after': '1' } }
    t.match(await send(site, provider, new Agent(), Buffer.alloc(1_000_000)), refused)
    t.match(await site.call(provider, 'POST', '/v1/checks', Buffer.alloc(1_000_000)), { status: 503, body: { code: 'overloaded' } }, 'fetch, too')
    sockets.pop()?.destroy()
    while (await openConnections(site) >= 5) await setImmediate()
    const { body } = await site.call(operator, 'GET', '/metrics')
    t.match(body.text, /^keersluis_connections_refused_total 3$/m)
    t.notMatch(body.text, /^keersluis_checks_total/m, 'none of them was checked')
  } finally {
    for (const socket of sockets) socket.destroy()
  }
})

test('whoever goes on sending long after the answer is cut off', async t => {
  const site = await openSite(t, t.testdir())
  const { hostname, port } = new URL(site.url)
  const claimedBytes = 100_000_000_000
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('utf8').on('data', (part: string) => { answer += part })
  const piece = Buffer.alloc(2 ** 20)
  const sendOn = (): void => { while (socket.writable && socket.write(piece)); }
  socket.on('drain', sendOn)
  socket.on('error', () => {})
  const closed = new Promise(resolve => { socket.once('close', resolve) })
  socket.write(`POST /v1/checks HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer wrong\r\nContent-Type: image/jpeg\r\nContent-Length: ${claimedBytes}\r\n\r\n`)
  sendOn()
  await closed
  t.match(answer, /^HTTP\/1\.1 401 [^]*keyInvalid/)
  t.ok(socket.bytesWritten < claimedBytes)
})
