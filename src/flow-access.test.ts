import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { test } from 'tap'
import { failuresPerMinute } from './http/rate-limits.js'
import { openSite, testCard } from './site.test-support.js'

test('no call is open by accident', async t => {
  const site = await openSite(t, t.testdir(), { opsPort: '0' })
  const { paths } = await (await fetch(site.url + '/openapi.json')).json() as { paths: Record<string, Record<string, unknown>> }
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods)) {
      const name = method.toUpperCase()
      const answer = await site.call('', name, path.replace('{list}', 'test').replace('{id}', '1'), ...(['GET', 'DELETE'].includes(name) ? [] : ['{', 'application/json']))
      if (path === '/healthz') t.equal(answer.status, 200, path)
      else t.match(answer, { status: 401, body: { code: 'keyMissing' } }, `${name} ${path} asks for a key before it reads the body`)
    }
  }
})

test('without an ops port, programs on the same machine read health and metrics, but nobody behind a proxy', async t => {
  const site = await openSite(t, t.testdir())
  for (const route of ['/readyz', '/metrics']) {
    t.equal((await fetch(site.url + route)).status, 200, route)
    for (const header of ['x-forwarded-for', 'forwarded', 'via']) t.equal((await fetch(site.url + route, { headers: { [header]: '192.0.2.1' } })).status, 401, `${route} with ${header}`)
    t.equal((await fetch(site.url + route, { headers: { authorization: 'Bearer wrong' } })).status, 401, `${route} with a wrong key`)
    t.equal((await site.gate.app.inject({ url: route, remoteAddress: '192.0.2.1' })).statusCode, 401, `${route} from elsewhere`)
  }
  t.equal((await fetch(site.url + '/v1/lists')).status, 401, 'and nothing else')
})

test('every answer tells a browser to make nothing of it', async t => {
  const site = await openSite(t, t.testdir())
  for (const [route, status] of [['/healthz', 200], ['/v1/lists', 401], ['/no-such-call', 404]] as const) {
    const { headers, status: answered } = await fetch(site.url + route)
    t.equal(answered, status, route)
    t.equal(headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'", route)
    t.equal(headers.get('x-content-type-options'), 'nosniff', route)
  }
})

test('a key has its checks a minute', async t => {
  const site = await openSite(t, t.testdir())
  const limited = await site.key('provider', { checksPerMinute: 2 })
  const other = await site.key('provider', { checksPerMinute: 2 })
  const card = await readFile(testCard)
  const check = async (key: string) => await site.call(key, 'POST', '/v1/checks', card, 'image/png')
  t.equal((await check(limited)).status, 200)
  t.equal((await check(limited)).status, 200)
  const refused = await check(limited)
  t.match(refused, { status: 429, body: { code: 'rateLimited' } })
  const retryAfterS = Number(refused.headers.get('retry-after'))
  t.ok(retryAfterS >= 1 && retryAfterS <= 60, 'says when to come back')
  t.equal((await check(other)).status, 200, 'each key has its own limit')
  t.equal((await check(await site.key('provider'))).status, 200, 'without a limit nothing is counted')
})

test('hashes are counted one by one, and a batch that does not fit counts nothing', async t => {
  const site = await openSite(t, t.testdir())
  const key = await site.key('provider', { allowHashes: true, hashesPerMinute: 10 })
  const value = 'a'.repeat(32)
  const check = async (count: number) => await site.call(key, 'POST', '/v1/checks/hashes', { hashes: Array.from({ length: count }, () => ({ algorithm: 'md5', value })) })
  t.match(await check(6), { status: 200 })
  t.match(await check(5), { status: 429, body: { code: 'rateLimited' } })
  t.match(await check(4), { status: 200 }, 'what was refused was not counted')
  t.match(await check(1), { status: 429 })
  const turned = await site.key('provider', { allowHashes: true, hashesPerMinute: 7 })
  const pdq = '5a'.repeat(32)
  const eight = { hashes: [{ algorithm: 'pdq', value: pdq, orientations: Array.from({ length: 7 }, () => pdq) }] }
  t.match(await site.call(turned, 'POST', '/v1/checks/hashes', eight), { status: 429 }, 'an orientation is a hash')
  const operator = await site.key('operator')
  const made = await site.call(operator, 'POST', '/v1/keys', { name: 'b', roles: ['provider'], allowHashes: true, checksPerMinute: 3 })
  const keys = (await site.call(operator, 'GET', '/v1/keys')).body as unknown as { id: string }[]
  t.match(keys.find(({ id }) => id === made.body.id), { checksPerMinute: 3, hashesPerMinute: 10_000 })
})

test('wrong keys are braked by address, a good key is not', async t => {
  const site = await openSite(t, t.testdir())
  const good = await site.key('operator')
  for (let i = 0; i < failuresPerMinute; i++) {
    const answer = await fetch(site.url + '/v1/lists', { headers: { authorization: `Bearer wrong${i}` } })
    if (answer.status !== 401) t.fail(`answered ${answer.status} after ${i} wrong keys`)
  }
  const braked = await site.call('wrong', 'GET', '/v1/lists')
  t.match(braked, { status: 429, body: { code: 'rateLimited' } })
  t.ok(Number(braked.headers.get('retry-after')) >= 1)
  t.match(await site.call('', 'GET', '/v1/lists'), { status: 429 }, 'no key at all is the same')
  t.match(await site.call(good, 'GET', '/v1/lists'), { status: 200 })
})

test('a gate whose spool cannot be written is not ready', async t => {
  const dataDir = t.testdir()
  const site = await openSite(t, dataDir)
  const operator = await site.key('operator')
  const spool = join(dataDir, 'spool')
  t.match(await site.call(operator, 'GET', '/readyz'), { status: 200 })
  t.strictSame(await readdir(spool), [], 'the question leaves nothing behind')
  await rename(spool, spool + '-gone')
  t.match(await site.call(operator, 'GET', '/readyz'), { status: 503, body: { code: 'notReady', detail: /spool/ } })
  await rename(spool + '-gone', spool)
  t.match(await site.call(operator, 'GET', '/readyz'), { status: 200 })
})

test('a gate that shuts down says so', async t => {
  const site = await openSite(t, t.testdir())
  const provider = await site.key('provider')
  const operator = await site.key('operator')
  t.match(await site.call(operator, 'GET', '/readyz'), { status: 200, body: { status: 'ready' } })
  const ops = await site.gate.opsApp.inject('/readyz')
  t.equal(ops.statusCode, 200, 'without a key on the ops port')
  t.match((await site.gate.opsApp.inject('/metrics')).body, /^keersluis_list_version \d/m)
  t.equal((await site.gate.opsApp.inject('/v1/lists')).statusCode, 404, 'and nothing else')
  const slow = site.call(provider, 'POST', '/v1/checks', await readFile(testCard), 'image/png')
  while (site.gate.services.spool.bytes === 0) await setImmediate()
  const closing = site.gate.close()
  const answer = await site.gate.opsApp.inject('/readyz')
  t.match(JSON.parse(answer.body), { status: 503, code: 'shuttingDown' })
  t.ok(Number(answer.headers['retry-after']) >= 1)
  t.match(await slow, { status: 200, body: { verdict: 'block' } }, 'what is in flight is finished')
  await closing
})
