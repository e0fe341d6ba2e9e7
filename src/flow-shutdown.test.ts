import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import path from 'node:path'
import { test } from 'tap'
import { keersluis, serve } from './cli-process.test-support.js'

/** One call on a connection that is kept. @returns the status and the code of the answer, or what became of the connection */
async function check (agent: Agent, url: string, key: string): Promise<string> {
  return await new Promise(resolve => {
    const call = request(`${url}/v1/checks`, { method: 'POST', agent, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' } }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => { text += piece })
      answer.on('end', () => { resolve(answer.statusCode === 200 ? '200' : `${answer.statusCode} ${(JSON.parse(text) as { code: string }).code}`) })
      answer.on('error', error => { resolve(error.message) })
    })
    call.on('error', error => { resolve(error.message) })
    call.end('text')
  })
}

test('told to end with busy callers', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const { child, url } = await serve(t, dataDir, 'silent', '--drain-ms', '3000')
  const { out } = await keersluis(dataDir, 'keys', 'create', '--name', 'site', '--role', 'provider', '--json')
  const { key } = JSON.parse(out) as { key: string }
  const agent = new Agent({ keepAlive: true, maxSockets: 48 })
  t.teardown(() => { agent.destroy() })
  let answered = 0
  let busy = (): void => {}
  const isBusy = new Promise<void>(resolve => { busy = resolve })
  const callers = Array.from({ length: 48 }, async () => {
    for (;;) {
      const answer = await check(agent, url, key)
      if (answer === '200' && ++answered === 200) busy()
      if (answer !== '200' && answer !== '503 overloaded') return answer
    }
  })
  await isBusy
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  t.same([...new Set(await Promise.all(callers))], ['503 shuttingDown'])
  t.same(await ended, [0, null])
})

test('told to end with silent ones', async t => {
  const { child, url } = await serve(t, path.join(t.testdir(), 'data'), 'silent', '--drain-ms', '0')
  const { hostname, port } = new URL(url)
  const silent = connect(Number(port), hostname)
  const hesitant = connect(Number(port), hostname)
  t.teardown(() => {
    silent.destroy()
    hesitant.destroy()
  })
  hesitant.write('POST /v1/checks HTTP/1.1\r\nHost: ')
  await Promise.all([once(silent, 'connect'), once(hesitant, 'connect')])
  const again = connect(Number(port), hostname)
  t.teardown(() => { again.destroy() })
  again.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /heal')
  await once(again, 'data')
  // Only once it has answered somebody has it met the others.
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  const closed = Promise.all([silent, hesitant, again].map(async socket => await once(socket.resume(), 'close')))
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  t.same(await ended, [0, null], 'not after the deadline, with 1')
  await closed
})
