import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { test } from 'tap'
import { openGate, seed } from './compose.js'
import { loadConfig } from './config.js'
import { fixtures, openSite, testCard } from './site.test-support.js'

test('an upload is checked, known material is added and taken back', async t => {
  const site = await openSite(t, t.testdir())
  const provider = await site.key('provider')
  const analyst = await site.key('analyst')
  const operator = await site.key('operator')
  const check = async (bytes: Buffer): Promise<Record<string, unknown>> => {
    const { status, body } = await site.call(provider, 'POST', '/v1/checks', bytes, 'image/jpeg')
    t.equal(status, 200)
    return body
  }
  t.match(await check(await readFile(testCard)), { verdict: 'block', reasons: [{ code: 'exactMatch', list: 'test', enforced: true }], media: { kind: 'image', format: 'png' } })
  const copy = await sharp(testCard).resize(400).jpeg({ quality: 60 }).toBuffer()
  t.match(await check(copy), { verdict: 'block', reasons: [{ code: 'nearMatch' }], media: { kind: 'image', format: 'jpeg' } })
  t.match(await check(await sharp(copy).flop().toBuffer()), { verdict: 'block' }, 'a mirrored copy')
  const photo = await readFile(path.join(fixtures, 'photos/harbour-03.jpg'))
  t.match(await check(photo), { verdict: 'allow', reasons: [], complete: true })

  t.equal((await site.call(operator, 'POST', '/v1/lists', { name: 'national', category: 'A' })).status, 201)
  const added = await site.call(analyst, 'POST', '/v1/lists/national/items?reference=r1', photo, 'application/octet-stream')
  t.equal(added.status, 201)
  t.equal((await site.call(analyst, 'POST', '/v1/lists/national/items', photo, 'application/octet-stream')).status, 200, 'the same again is the same item')
  const blocked = await check(await sharp(photo).resize(300).greyscale().jpeg().toBuffer())
  t.match(blocked, { verdict: 'block', matches: [{ list: 'national', category: 'A', reference: 'r1', kind: 'near' }] })
  t.match(await site.call(provider, 'GET', `/v1/checks/${String(blocked.id)}`), { status: 200, body: { verdict: 'block' } })
  t.match(await site.call(analyst, 'DELETE', `/v1/lists/national/items/${String(added.body.itemId)}`, { reason: 'mistaken' }), { status: 200 })
  t.match(await check(photo), { verdict: 'allow' }, 'unmatchable at once')
  t.match(await site.call(operator, 'GET', '/v1/audit/verification'), { status: 200, body: { intact: true } })
})

test('bad input has a code and is never allowed by accident', async t => {
  const dataDir = t.testdir()
  const site = await openSite(t, dataDir)
  const provider = await site.key('provider', { allowHashes: true })
  const analyst = await site.key('analyst')
  const post = async (body: Buffer | string | FormData, type?: string) => await site.call(provider, 'POST', '/v1/checks', body, type)
  t.match(await post(Buffer.alloc(0), 'image/png'), { status: 400, body: { code: 'emptyUpload' } })
  t.match(await site.call('wrong', 'POST', '/v1/checks', 'x', 'image/png'), { status: 401, body: { code: 'keyInvalid' } })
  t.match(await site.call(analyst, 'POST', '/v1/checks', 'x', 'image/png'), { status: 403, body: { code: 'roleMissing' } })
  t.match(await site.call(analyst, 'POST', '/v1/lists/none/items', 'x', 'image/png'), { status: 404, body: { code: 'unknownList' } })
  t.match(await site.call(provider, 'GET', '/v1/none'), { status: 404, body: { code: 'unknownRoute' } })
  t.match(await site.call(provider, 'POST', '/v1/checks/hashes', { hashes: [{ algorithm: 'pdq', value: 'zz' }] }), { status: 400, body: { code: 'malformedHash' } })
  const two = new FormData()
  two.append('a', new Blob(['x']), 'a')
  two.append('b', new Blob(['y']), 'b')
  t.match(await post(two), { status: 400, body: { code: 'severalFiles' } })
  const none = new FormData()
  none.append('a', 'text')
  t.match(await post(none), { status: 400, body: { code: 'noFile' } })
  const one = new FormData()
  one.append('file', new Blob([await readFile(testCard)]), 'renamed.txt')
  t.match(await post(one), { status: 200, body: { verdict: 'block' } }, 'multipart, whatever its name')
  const envelope = Buffer.concat([Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'), await readFile(testCard), Buffer.from('\r\n--x--\r\n')])
  for (const type of ['application/octet-stream', 'multipart/mixed; boundary=x', 'text/plain']) t.match(await post(envelope, type), { status: 415, body: { code: 'unsupportedMediaType' } }, `a form as ${type}`)
  t.match(await post(envelope, ' Multipart/Form-Data; Boundary="x"'), { status: 200, body: { verdict: 'block' } })
  t.match(await post('{"a": "text"}', 'application/json'), { status: 200, body: { verdict: 'allow', reasons: [{ code: 'notMedia' }] } })
  const photo = await readFile(path.join(fixtures, 'photos/harbour-03.jpg'))
  t.match(await post(photo.subarray(0, photo.length >> 1), 'image/jpeg'), { status: 200, body: { verdict: 'hold', reasons: [{ code: 'undecodable' }] } })
  t.match(await post(await sharp({ create: { width: 300, height: 200, channels: 3, background: 'white' } }).png().toBuffer()), { status: 200, body: { verdict: 'allow', reasons: [{ code: 'notDistinctive' }] } })
  t.equal(site.gate.services.spool.bytes, 0, 'nothing is kept on the spool')
  t.same(await readdir(path.join(dataDir, 'spool')), [], 'nor on the disk')
})

test('a known video is found again after a start', async t => {
  const dataDir = t.testdir()
  const film = await readFile(path.join(fixtures, 'videos/film-a.mp4'))
  const config = loadConfig({ dataDir, logLevel: 'silent', pictureWorkers: '1', videoWorkers: '1' }, {})
  const first = await openGate(config)
  await seed(first, config, testCard)
  await first.services.lists.create({ name: 'films', kind: 'known', action: 'block', category: '', source: '', legalGround: '' }, 'test')
  const upload = await first.services.spool.receive(Readable.from([Buffer.from(film)]), 1, () => {})
  const added = await first.services.knownMaterial.addMedia('films', { upload, lane: 'video' }, {}, 'test')
  t.ok(added.entries.length > 3)
  await first.close()
  const site = await openSite(t, dataDir)
  const provider = await site.key('provider')
  t.match((await site.call(provider, 'POST', '/v1/checks', film, 'video/mp4')).body, { verdict: 'block' })
  if (!added.entries.some(entry => entry.algorithm === 'pdq')) t.comment('no video decoder is installed: the film was matched by digest only')
  t.match((await site.call(provider, 'POST', '/v1/checks', await readFile(path.join(fixtures, 'videos/film-b.mp4')), 'video/mp4')).body, { verdict: 'allow' })
})
