import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import path from 'node:path'
import { test } from 'tap'
import { keersluis, keersluisIn, serve, type Ran } from './cli-process.test-support.js'

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname
const card = fixture('test-card.png')
const photo = fixture('photos/harbour-01.jpg')

const parsed = ({ out }: Ran): unknown => JSON.parse(out)

test('commands beside a running gate', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const { child, url } = await serve(t, dataDir)
  const run = async (...args: string[]): Promise<Ran> => await keersluis(dataDir, ...args)
  t.equal(statSync(dataDir).mode & 0o777, 0o700)
  for (const name of ['operator.key', 'store.sqlite', 'gate.sock']) t.equal(statSync(path.join(dataDir, name)).mode & 0o777, 0o600, name)

  t.match(await run('check', card), { code: 1, out: `${card}: block (exactMatch on list test)\n` })
  t.match(await run('check', photo, '--json'), { code: 0 })
  t.equal((await run('check', fixture('hostile/truncated-50.jpg'))).code, 2, 'held only because it could not be decided')
  t.match(await run('check', '/none/such'), { code: 2, errors: 'keersluis: The file /none/such cannot be read.\n' })

  t.match(await run('create-list', 'national', '--category', 'A'), { code: 0 })
  t.match(await run('create-list', 'national'), { code: 2, errors: /list of this name/i })
  const added = parsed(await run('add', 'national', photo, '--reference', 'say "this", please', '--json')) as { itemId: number, entries: unknown[] }
  t.match(await run('check', photo), { code: 1 })
  t.match(await run('add', 'national', photo, '--reference', 'another'), { code: 0, out: /entries; it was there already, and its reference stays say "this", please\n$/ })
  const csv = await run('export', 'national')
  t.equal(csv.out.trim().split('\n').length, added.entries.length + 1)
  t.match(csv.out, /^algorithm,value,quality.*\nmd5,[0-9a-f]{32},,,"say ""this"", please"/)
  const objects = (await run('export', 'national', '--json')).out.trim().split('\n').map(line => JSON.parse(line) as object)
  t.match(objects[0], { algorithm: 'md5', variant: 'whole', itemId: added.itemId })
  t.match(await run('remove', 'national', String(added.itemId), '--reason', 'a test'), { code: 0 })
  t.match(await run('check', photo), { code: 0 })

  const key = parsed(await run('keys', 'create', '--name', 'site', '--role', 'provider', '--json')) as { id: string, key: string }
  const check = async (): Promise<number> => (await fetch(`${url}/v1/checks`, { method: 'POST', headers: { authorization: `Bearer ${key.key}` }, body: 'text' })).status
  t.equal(await check(), 200)
  t.match(await run('keys', 'list'), { out: new RegExp(`${key.id}: site, provider`) })
  t.match(await run('keys', 'revoke', key.id), { code: 0 })
  t.equal(await check(), 401, 'revoked at once')

  const copy = path.join(dataDir, 'copy.sqlite')
  t.match(await run('backup', copy), { code: 0 })
  t.equal(statSync(copy).mode & 0o777, 0o600)
  t.match(await run('audit', 'verify', '--json'), { code: 0, out: /"intact":true/ })
  t.match(parsed(await run('lists', '--json')), [{ name: 'test' }, { name: 'national', category: 'A', items: 0 }])
  t.match(await keersluis(dataDir, 'serve'), { code: 2, errors: /Another gate holds the data folder/ })
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit') as [number]
  t.equal(code, 0)
  t.strictSame(readdirSync(path.join(dataDir, 'spool')), [])
})

test('what was acknowledged blocks after a kill', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const { child } = await serve(t, dataDir)
  await keersluis(dataDir, 'create-list', 'national')
  t.match(await keersluis(dataDir, 'add', 'national', photo), { code: 0 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.match(await keersluis(dataDir, 'check', photo), { code: 1 }, 'without a gate, a command opens the store itself')
})

test('words that are no command end with 2 and one line', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  t.match(await keersluis(dataDir, 'nonsense'), { code: 2, errors: "error: unknown command 'nonsense'\n" })
  t.match(await keersluis(dataDir, 'config', '--port', 'high'), { code: 2, errors: /KEERSLUIS_PORT .* cannot be 'high'/ })
  t.match(await keersluis(dataDir, 'config', '--json'), { code: 0, out: /"port":8080/ })
  t.equal((await keersluis(dataDir, 'config', '--help')).code, 0)
  writeFileSync(path.join(t.testdirName, 'file'), '')
  t.match(await keersluis(path.join(t.testdirName, 'file'), 'lists'), { code: 2, errors: /data folder .* cannot be used/ })
  t.match(await keersluis(path.join(t.testdirName, 'long'.repeat(30)), 'serve', '--port', '0'), { code: 2, errors: /path of the data folder is too long/ })
})

test('a data folder deep in the tree is reached from the working folder', async t => {
  const deep = path.join(t.testdir(), 'deep'.repeat(30))
  mkdirSync(deep)
  t.match(await keersluisIn(deep, 'data', 'lists', '--json'), { code: 0, out: '[]\n' })
  t.match(await keersluisIn(deep, path.join(deep, 'data'), 'lists', '--json'), { code: 0, out: '[]\n' })
})

test('hash and doctor need no data folder of a gate', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const ran = await keersluis(dataDir, 'hash', '--json', card, photo)
  t.equal(ran.code, 0)
  const [first, second] = ran.out.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(first, { file: card, sha256: /^[0-9a-f]{64}$/, sha1: /^[0-9a-f]{40}$/, md5: /^[0-9a-f]{32}$/, pictures: [{ variant: 'whole', pdq: /^[0-9a-f]{64}$/, pdqQuality: 100, blockhash: /^[0-9a-f]{64}$/ }] })
  t.match(second, { file: photo })
  t.match(parsed(await keersluis(dataDir, 'doctor', '--json')), { findings: [{ what: 'Node', ok: true }] })
})
