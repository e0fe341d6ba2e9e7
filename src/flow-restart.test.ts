import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import { keersluis, serve, serveInto } from './cli-process.test-support.js'
import { openGate } from './compose.js'
import { loadConfig } from './config.js'
import { testListName } from './service/lists.js'
import { fixtures, openSite, testCard } from './site.test-support.js'

const known = path.join(fixtures, 'photos/harbour-01.jpg')
const unknown = path.join(fixtures, 'photos/harbour-02.jpg')

/** What may have happened to a snapshot while no gate ran, and how the gate calls it. */
const harms: Record<string, { said: RegExp, harm: (folder: string) => void }> = {
  missing: { said: /^$/, harm: folder => { rmSync(folder, { recursive: true }) } },
  cut: { said: /"problem":"truncated"/, harm: folder => { parts(folder).forEach(part => { truncateSync(part, 5_000) }) } },
  unreadable: {
    said: /"problem":"\w+"/,
    harm: folder => {
      rmSync(path.join(folder, 'index.json'))
      mkdirSync(path.join(folder, 'index.json'))
    }
  },
  altered: {
    said: /"problem":"corrupt"/,
    harm: folder => { parts(folder).forEach(part => { writeFileSync(part, readFileSync(part).fill(0xa5, 1_100, 1_101)) }) }
  }
}

function parts (folder: string): string[] {
  return readdirSync(folder).filter(name => name.endsWith('.part')).map(name => path.join(folder, name))
}

test('a snapshot of no use', async t => {
  const whole = path.join(t.testdir(), 'whole')
  const first = await serve(t, whole)
  await keersluis(whole, 'create-list', 'national')
  t.match(await keersluis(whole, 'add', 'national', known), { code: 0 })
  first.child.kill('SIGTERM')
  await once(first.child, 'exit')
  t.ok(parts(path.join(whole, 'snapshot')).length > 1)
  for (const [name, { said, harm }] of Object.entries(harms)) {
    const dataDir = path.join(t.testdirName, name)
    cpSync(whole, dataDir, { recursive: true })
    harm(path.join(dataDir, 'snapshot'))
    const { child, log } = await serve(t, dataDir, 'warn')
    const { out } = await keersluis(dataDir, 'check', known, unknown)
    t.match(out, new RegExp(`^${known}: block .*\\n${unknown}: allow`), `${name}: its first answers are right`)
    t.match(log(), said, name)
    child.kill('SIGKILL')
  }
})

test('a first start that ended before the test card was on its list', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const gate = await openGate(loadConfig({ dataDir, logLevel: 'silent', pictureWorkers: '1', videoWorkers: '1' }, {}))
  await gate.services.lists.create({ name: testListName, kind: 'known', action: 'block', category: 'test', source: 'built in', legalGround: 'none' }, 'gate')
  await gate.close()
  const site = await openSite(t, dataDir)
  t.match(await site.call(await site.key('provider'), 'POST', '/v1/checks', readFileSync(testCard), 'image/png'), { body: { verdict: 'block' } })
})

test('a log that cannot be written', { skip: existsSync('/dev/full') ? false : 'there is no /dev/full on this system' }, async t => {
  const { child, url } = await serveInto(t, openSync('/dev/full', 'w'), path.join(t.testdir(), 'data'), 'debug')
  t.equal((await fetch(`${url}/healthz`)).status, 200)
  child.kill('SIGTERM')
  t.same(await once(child, 'exit'), [0, null])
})
