import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import { withoutVideo } from './fixtures.test-support.js'
import { fixtures, openSite, testCard } from './site.test-support.js'

test('a held upload is read and resolved by those who may', async t => {
  const site = await openSite(t, t.testdir())
  const [provider, other, analyst, operator] = [await site.key('provider', { detail: 'short' }), await site.key('provider'), await site.key('analyst'), await site.key('operator')]
  const half = (await readFile(fixtures + 'photos/harbour-03.jpg')).subarray(0, 9000)
  const held = await site.call(provider, 'POST', '/v1/checks', half, 'image/jpeg')
  t.match(held.body, { verdict: 'hold', reasons: [{ code: 'undecodable' }] })
  const url = `/v1/checks/${String(held.body.id)}`
  t.match(await site.call(provider, 'GET', url), { status: 200, body: { verdict: 'hold' } })
  t.match(await site.call(other, 'GET', url), { status: 404, body: { code: 'notKept' } }, 'not that of another')
  t.match(await site.call(operator, 'GET', url), { status: 403, body: { code: 'roleMissing' } })
  t.match(await site.call(other, 'POST', `${url}/resolution`, { action: 'release', reason: 'x' }), { status: 404 })
  t.match(await site.call(provider, 'POST', `${url}/resolution`, { action: 'release', reason: '' }), { status: 400, body: { code: 'invalidRequest' } })
  t.match(await site.call(provider, 'POST', `${url}/resolution`, { action: 'release', reason: 'looked at it' }), { status: 200, body: { verdict: 'allow' } }, 'an undecided one, by its provider')
  t.match(await site.call(analyst, 'POST', `${url}/resolution`, { action: 'block', reason: 'again' }), { status: 409, body: { code: 'alreadyResolved' } })
  t.match(await site.call(analyst, 'GET', url), { status: 200, body: { verdict: 'allow', resolution: { action: 'release', reason: 'looked at it' } } })

  await site.call(operator, 'POST', '/v1/lists', { name: 'doubtful', action: 'hold' })
  await site.call(analyst, 'POST', '/v1/lists/doubtful/items', await readFile(fixtures + 'photos/canal-01.jpg'), 'image/jpeg')
  const matched = await site.call(provider, 'POST', '/v1/checks', await readFile(fixtures + 'photos/canal-01.jpg'), 'image/jpeg')
  t.match(matched.body, { verdict: 'hold', matches: [{ list: 'doubtful' }] })
  t.notOk('itemId' in ((matched.body.matches as object[])[0] ?? {}), 'without full detail no item')
  t.match(await site.call(provider, 'POST', `/v1/checks/${String(matched.body.id)}/resolution`, { action: 'release', reason: 'mine' }), { status: 404 }, 'a match is for analysts')
  t.match(await site.call(operator, 'PATCH', '/v1/lists/doubtful', { action: 'observe' }), { status: 200, body: { action: 'observe' } })
  t.match((await site.call(provider, 'POST', '/v1/checks', await readFile(fixtures + 'photos/canal-01.jpg'), 'image/jpeg')).body, { verdict: 'allow', reasons: [{ enforced: false }] })
  t.match(await site.call(operator, 'PATCH', '/v1/lists/test', { action: 'observe' }), { status: 409, body: { code: 'listReserved' } })
  t.match((await site.call(operator, 'GET', '/v1/audit')).body, { records: [{ seq: 1 }] })
})

test('an addition that takes long becomes a job', async t => {
  const site = await openSite(t, t.testdir(), { addSyncMs: '0' })
  const analyst = await site.key('analyst')
  await site.call(await site.key('operator'), 'POST', '/v1/lists', { name: 'slow' })
  const photo = await readFile(fixtures + 'photos/canal-02.jpg')
  const begun = await site.call(analyst, 'POST', '/v1/lists/slow/items', photo, 'image/jpeg')
  t.match(begun, { status: 202, body: { entries: [{ algorithm: 'md5' }, { algorithm: 'sha1' }, { algorithm: 'sha256' }] } })
  const job = async () => (await site.call(analyst, 'GET', `/v1/jobs/${String(begun.body.jobId)}`)).body
  while ((await job()).state === 'running') await setTimeout(20)
  const done = await job()
  t.match(done, { state: 'done', itemId: begun.body.itemId })
  t.ok((done.entries as object[]).length > 3)
  t.match(await site.call(analyst, 'GET', '/v1/jobs/none'), { status: 404, body: { code: 'unknownJob' } })
  t.match((await site.call(analyst, 'GET', '/v1/lists/slow/items')).body, { changes: [{ op: 'add', itemId: begun.body.itemId }], nextCursor: null })
})

test('an item that is removed while it is still being hashed stays removed', { skip: withoutVideo }, async t => {
  const site = await openSite(t, t.testdir(), { addSyncMs: '0' })
  const analyst = await site.key('analyst')
  await site.call(await site.key('operator'), 'POST', '/v1/lists', { name: 'slow' })
  const film = await readFile(fixtures + 'videos/h264-1080p.mp4')
  const begun = await site.call(analyst, 'POST', '/v1/lists/slow/items', film, 'video/mp4')
  t.match(begun, { status: 202 })
  const job = async () => (await site.call(analyst, 'GET', `/v1/jobs/${String(begun.body.jobId)}`)).body
  t.match(await site.call(analyst, 'DELETE', `/v1/lists/slow/items/${String(begun.body.itemId)}`, { reason: 'the wrong film' }), { status: 200 })
  t.match(await job(), { state: 'running' }, 'removed in time')
  while ((await job()).state === 'running') await setTimeout(20)
  t.match(await job(), { state: 'failed', code: 'unknownItem' })
  t.match((await site.call(analyst, 'GET', '/v1/lists/slow/items')).body, { changes: [{ op: 'add', itemId: begun.body.itemId }, { op: 'remove', itemId: begun.body.itemId }], nextCursor: null })
  const hashes = [{ algorithm: 'sha256', value: createHash('sha256').update(film).digest('hex') }]
  t.match((await site.call(await site.key('provider', { allowHashes: true }), 'POST', '/v1/checks/hashes', { hashes })).body, { results: [{ verdict: 'allow', matches: [] }] })
})

test('the same hashes again are the same item, so that one removal takes them off the list', async t => {
  const site = await openSite(t, t.testdir())
  const [analyst, operator] = [await site.key('analyst'), await site.key('operator')]
  const provider = await site.key('provider', { allowHashes: true })
  await site.call(operator, 'POST', '/v1/lists', { name: 'bare' })
  await site.call(operator, 'POST', '/v1/lists', { name: 'other' })
  const [md5, pdq, flat] = [{ algorithm: 'md5', value: '0123456789abcdef'.repeat(2) }, { algorithm: 'pdq', value: '5a'.repeat(32) }, { algorithm: 'pdq', value: '00'.repeat(32) }]
  const blockhash = { algorithm: 'blockhash', value: '3c'.repeat(32) }
  const add = async (hashes: object[], list = 'bare'): Promise<number> => Number((await site.call(analyst, 'POST', `/v1/lists/${list}/items`, { hashes })).body.itemId)
  const first = await add([md5, pdq, flat])
  t.equal(await add([md5, pdq, flat]), first)
  t.equal((await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes: [md5, pdq, flat] })).status, 200, 'not created')
  t.equal(await add([flat, { ...pdq, value: '5A'.repeat(32) }]), first, 'a part of it')
  const exact = await add([pdq, blockhash])
  t.not(exact, first, 'a hash that it lacks')
  t.equal(await add([blockhash]), exact)
  t.not(await add([{ ...blockhash, stableBits: 250 }]), exact, 'compared otherwise')
  t.not(await add([md5, pdq], 'other'), first, 'another list')
  t.equal((await site.call(analyst, 'DELETE', `/v1/lists/bare/items/${first}`, { reason: 'an error' })).status, 200)
  const { body } = await site.call(provider, 'POST', '/v1/checks/hashes', { hashes: [md5] })
  t.match(body, { results: [{ matches: [{ list: 'other' }] }] })
  t.equal(((body.results as { matches: object[] }[])[0])?.matches.length, 1)
  t.not(await add([md5, pdq, flat]), first, 'a removed item does not come back')
})

test('an exclusion near a known hash is confirmed, whichever near algorithm it is of', async t => {
  const site = await openSite(t, t.testdir())
  const [analyst, operator] = [await site.key('analyst'), await site.key('operator')]
  await site.call(operator, 'POST', '/v1/lists', { name: 'bare' })
  await site.call(operator, 'POST', '/v1/lists', { name: 'harmless', kind: 'exclusion' })
  for (const algorithm of ['pdq', 'blockhash']) {
    await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes: [{ algorithm, value: '5a'.repeat(32) }] })
    const exclusion = { hashes: [{ algorithm, value: '5a'.repeat(30) + 'a5a5' }] }
    t.match(await site.call(analyst, 'POST', '/v1/lists/harmless/items', exclusion), { status: 409, body: { code: 'confirmCollision' } }, algorithm)
    t.equal((await site.call(analyst, 'POST', '/v1/lists/harmless/items', { ...exclusion, confirmCollision: true })).status, 201)
    t.equal((await site.call(analyst, 'POST', '/v1/lists/harmless/items', { hashes: [{ algorithm, value: '3c'.repeat(32) }] })).status, 201, 'far from all')
  }
})

test('an item of bare hashes, an import, and what they refuse', async t => {
  const site = await openSite(t, t.testdir())
  const [analyst, operator] = [await site.key('analyst'), await site.key('operator')]
  await site.call(operator, 'POST', '/v1/lists', { name: 'bare' })
  const hashes = [{ algorithm: 'pdq', value: 'ff'.repeat(32) }, { algorithm: 'md5', value: '0123456789abcdef'.repeat(2) }]
  t.match(await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes, reference: 'r' }), { status: 201, body: { refused: [{ index: 0, code: 'lowWeight' }] } })
  t.match(await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes: [] }), { status: 400, body: { code: 'invalidRequest' } })
  t.match(await site.call(analyst, 'POST', '/v1/lists/bare/items', '{', 'application/json'), { status: 400, body: { code: 'invalidRequest' } })
  t.match(await site.call(analyst, 'POST', '/v1/lists/bare/items', JSON.stringify({ hashes: [] }), 'Application/JSON ; charset=utf-8'), { status: 400, body: { code: 'invalidRequest' } }, 'not taken for a picture')
  for (const notes of [{ reference: 'a\nb' }, { category: 'a\u0007b' }]) {
    t.match(await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes, ...notes }), { status: 400, body: { code: 'invalidRequest' } }, 'an export could not be imported')
    const query = new URLSearchParams(notes as Record<string, string>).toString()
    t.match(await site.call(analyst, 'POST', `/v1/lists/bare/items?${query}`, await readFile(testCard), 'image/png'), { status: 400, body: { code: 'invalidRequest' } })
  }
  t.equal((await site.call(analyst, 'POST', '/v1/lists/bare/items', { hashes: [{ algorithm: 'md5', value: 'cd'.repeat(16) }], reference: '\u{1F600}'.repeat(200) })).status, 201)
  const list = 'md5 ' + 'ab'.repeat(16) + '\nmd5 0123456789abcdef0123456789abcdef\nfoo 00\npdq ' + '00'.repeat(32) + '\n'
  const imported = await site.call(operator, 'POST', '/v1/lists/bare/imports', list, 'text/plain')
  t.match(imported, { status: 200, body: { lines: 4, added: 1, known: 1, refused: { unknownAlgorithm: 1, lowWeight: 1 }, refusals: [{ line: 3, code: 'unknownAlgorithm' }, { line: 4, code: 'lowWeight' }] } })
  t.match(await site.call(operator, 'POST', '/v1/lists/bare/imports', { hashes }), { status: 415, body: { code: 'unsupportedMediaType' } })
  t.match(await site.call(operator, 'POST', '/v1/lists/bare/imports', 'pdq,' + 'ab'.repeat(32) + '\n', 'text/csv'), { status: 400, body: { code: 'invalidRequest' } }, 'without a line that names the columns')
  for (const [method, route] of [['DELETE', 'items/1'], ['POST', 'items']] as const) {
    t.match(await site.call(analyst, method, `/v1/lists/test/${route}`, method === 'POST' ? { hashes } : { reason: 'x' }), { status: 409, body: { code: 'listReserved' } })
  }
  t.match(await site.call(analyst, 'POST', '/v1/lists/bare/imports', list, 'text/plain'), { status: 403 })
  t.match(await site.call(analyst, 'DELETE', '/v1/lists/bare/items/9999', { reason: 'x' }), { status: 404, body: { code: 'unknownItem' } })
  t.match(await site.call(operator, 'POST', '/v1/lists', { name: 'bare' }), { status: 409, body: { code: 'listExists' } })
  t.match(await site.call(operator, 'DELETE', '/v1/keys/none'), { status: 404, body: { code: 'unknownKey' } })
  const made = await site.call(operator, 'POST', '/v1/keys', { name: 'short-lived', roles: ['analyst'] })
  t.equal((await site.call(operator, 'DELETE', `/v1/keys/${String(made.body.id)}`)).status, 204)
  t.match(await site.call(String(made.body.key), 'GET', '/v1/lists'), { status: 401, body: { code: 'keyInvalid' } }, 'revoked at once')
})

test('what was counted', async t => {
  const site = await openSite(t, t.testdir())
  const [provider, operator] = [await site.key('provider'), await site.key('operator')]
  await site.call(provider, 'POST', '/v1/checks', await readFile(testCard), 'image/png')
  await site.call(provider, 'POST', '/v1/checks', (await readFile(fixtures + 'photos/harbour-03.jpg')).subarray(0, 9000), 'image/jpeg')
  await site.call(provider, 'GET', '/v1/lists')
  const { body } = await site.call(operator, 'GET', '/metrics')
  for (const line of [/^keersluis_checks_total\{verdict="block",kind="\w+"\} 1$/m, /^keersluis_undecided_total\{code="undecodable"\} 1$/m, /^keersluis_rejected_total\{code="roleMissing"\} 1$/m]) t.match(body.text, line)
  const gauge = (name: string): number => Number(new RegExp(`^keersluis_index_${name} (\\d+)$`, 'm').exec(String(body.text))?.[1])
  const { index } = site.gate.services
  t.strictSame(['segments', 'delta_entries', 'tombstones', 'merges', 'memory_bytes'].map(gauge), [0, index.stats().deltaEntries, 0, 0, index.stats().memoryBytes])
  t.ok(gauge('delta_entries') > 3, 'the test card waits for a merge')
})
