import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import { fixtures, openSite, type Site } from './site.test-support.js'

/** A caller who sends a whole upload and says nothing more. */
async function sendAll (site: Site, key: string, body: Buffer): Promise<Socket> {
  const { hostname, port } = new URL(site.url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`POST /v1/checks HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${key}\r\nContent-Type: video/mp4\r\nContent-Length: ${body.length}\r\n\r\n`)
  socket.write(body)
  return socket
}

/** Of a film, and of what its callers wait for, nothing here is timed: this only looks again until it is so, or the test ends. */
async function until (isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5)
}

test('callers who hang up leave nothing to do', async t => {
  const site = await openSite(t, t.testdir(), { videoQueueMax: '3' })
  const { lanes, spool } = site.gate.services
  const provider = await site.key('provider')
  const film = await readFile(fixtures + 'videos/h264-1080p.mp4')
  // Each is another film, so that none waits for the hashes of the first.
  const films = Array.from({ length: 4 }, (_, number) => Buffer.concat([film, Buffer.from([0, 0, 0, 9, 0x66, 0x72, 0x65, 0x65, number])]))
  const callers = await Promise.all(films.map(async body => await sendAll(site, provider, body)))
  await until(() => lanes.waiting('video') === films.length - 1)
  for (const caller of callers) caller.destroy()
  await until(() => lanes.waiting('video') === 0)
  t.match(await site.call(provider, 'POST', '/v1/checks', film, 'video/mp4'), { status: 200, body: { verdict: 'allow' } }, 'the next caller is served')
  t.equal(spool.bytes, 0)
  const { body } = await site.call(await site.key('operator'), 'GET', '/metrics')
  t.match(body.text, /^keersluis_rejected_total\{code="callerGone"\} [34]$/m)
  t.notMatch(body.text, /^keersluis_checks_total\{verdict="hold"/m)
})
