import { test } from 'tap'
import { probeAbilities } from '../media/abilities.js'
import { fixture, openServices, type OpenedServices } from './opened-services.test-support.js'

const photo = fixture('photos/harbour-03.jpg')
const film = fixture('videos/film-a.mp4')
const { video } = await probeAbilities({ videoDecoder: 'auto', ffmpegPath: undefined, memoryBytesMax: 1e9, jobsMax: 1 })
const withoutVideo = video === undefined && 'no video decoder is installed'

async function verdict ({ checks, receive }: OpenedServices, file: string): Promise<string> {
  const { upload, lane } = await receive(file)
  return (await checks.check(upload, lane, 'key')).answer.verdict
}

async function jobDone ({ knownMaterial }: OpenedServices, jobId = ''): Promise<ReturnType<OpenedServices['knownMaterial']['job']>> {
  for (;;) {
    const job = knownMaterial.job(jobId)
    if (job.state !== 'running') return job
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('what takes too long is matched by its digests until its job is done', async t => {
  const services = await openServices(t, { addSyncMs: 0 })
  await services.createList('one')
  const added = await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')
  t.type(added.jobId, 'string')
  // On a busy machine the rest may be hashed before the digests are asked for.
  t.strictSame(added.entries.slice(0, 3).map(entry => entry.algorithm), ['md5', 'sha1', 'sha256'])
  t.equal(await verdict(services, photo), 'block', 'the digests are in force')
  const job = await jobDone(services, added.jobId)
  t.match(job, { state: 'done', result: { itemId: added.itemId } })
  t.ok((job.result?.entries.length ?? 0) > 3)
  const actions = (await services.store.auditRecords(0, 10)).map(record => record.action)
  t.strictSame(actions, ['listCreated', 'itemAdded', ...(added.entries.length > 3 ? [] : ['itemCompleted'])])
  t.throws(() => services.knownMaterial.job('none'), { code: 'unknownJob' })
})

test('a job that its list forbids fails with its code', async t => {
  const services = await openServices(t, { addSyncMs: 0 })
  await services.createList('one')
  const added = await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')
  await jobDone(services, added.jobId)
  await services.createList('harmless', 'exclusion')
  const exclusion = await services.knownMaterial.addMedia('harmless', await services.receive(fixture('photos/harbour-03.jpg')), {}, 'test')
  t.match(await jobDone(services, exclusion.jobId), { state: 'failed', code: 'confirmCollision' })
})

test('the same bytes again complete an item that has its digests only', async t => {
  const services = await openServices(t)
  await services.createList('one')
  const whole = await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')
  const list = services.lists.byName('one')
  await services.knownMaterial.remove('one', whole.itemId, 'to add it in part', 'test')
  const digests = whole.entries.filter(entry => ['md5', 'sha1', 'sha256'].includes(entry.algorithm)).map(({ entryId, ...entry }) => entry)
  const sha256 = digests.find(entry => entry.algorithm === 'sha256')?.value ?? new Uint8Array(32)
  const { value: [partial] } = await services.store.addItems(list.listId, [{ kind: 'image', sha256, entries: digests }], { at: new Date(), actor: 'test', action: 'itemAdded' })
  const again = await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')
  t.match(again, { itemId: partial?.itemId, created: false })
  t.equal(again.entries.length, whole.entries.length)
  const version = await services.store.listVersion()
  t.equal((await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')).entries.length, whole.entries.length)
  t.equal(await services.store.listVersion(), version, 'a complete item is not changed')
})

test('an item that is there keeps its reference, and the answer shows it', async t => {
  const services = await openServices(t)
  await services.createList('one')
  const add = async (notes: object) => await services.knownMaterial.addMedia('one', await services.receive(photo), notes, 'test')
  t.match(await add({ reference: 'A-1' }), { created: true, reference: 'A-1', category: undefined })
  t.match(await add({ reference: 'A-2', category: 'B' }), { created: false, reference: 'A-1', category: undefined })
  const hashes = [{ algorithm: 'md5' as const, value: '0123456789abcdef'.repeat(2) }]
  await services.knownMaterial.addHashes('one', hashes, { category: 'C' }, 'test')
  t.match(await services.knownMaterial.addHashes('one', hashes, { category: 'D' }, 'test'), { created: false, category: 'C' })
})

test('an exclusion close to known material is confirmed, and audited', async t => {
  const services = await openServices(t)
  await services.createList('one')
  await services.createList('harmless', 'exclusion')
  await services.knownMaterial.addMedia('one', await services.receive(photo), {}, 'test')
  const add = async (confirmCollision: boolean): Promise<unknown> =>
    await services.knownMaterial.addMedia('harmless', await services.receive(photo), { confirmCollision }, 'test')
  await t.rejects(add(false), { code: 'confirmCollision' })
  await add(true)
  t.ok((await services.store.auditRecords(0, 10)).some(record => record.action === 'exclusionConfirmed'))
  const other = fixture('photos/harbour-01.jpg')
  await services.knownMaterial.addMedia('harmless', await services.receive(other), {}, 'test')
  await services.knownMaterial.addMedia('harmless', await services.receive(other), {}, 'test')
  t.pass('an exclusion does not collide with itself')
})

test('frames of an exclusion list are refused; a film on many lists is not', { skip: withoutVideo }, async t => {
  const services = await openServices(t)
  for (const name of ['one', 'two', 'three', 'four']) {
    await services.createList(name)
    const added = await services.knownMaterial.addMedia(name, await services.receive(film, 'video'), {}, 'test')
    t.notOk(added.refused.some(refused => refused.code === 'commonFrame'), `the film on list ${name} is whole`)
  }
  await services.createList('harmless', 'exclusion')
  const still = await services.knownMaterial.addMedia('harmless', await services.receive(fixture('videos/film-b.mp4'), 'video'), {}, 'test')
  await services.createList('five')
  const refused = await services.knownMaterial.addMedia('five', await services.receive(fixture('videos/film-b.mp4'), 'video'), {}, 'test')
  t.ok(refused.refused.some(one => one.code === 'commonFrame'))
  t.equal(refused.entries.length, 3, 'nothing but its digests')
  t.ok(still.entries.length > 3)
})

test('content that is in flight twice is hashed once and decided each time', async t => {
  const services = await openServices(t)
  const answers = await Promise.all(Array.from({ length: 6 }, async () => {
    const { upload, lane } = await services.receive(photo)
    return (await services.checks.check(upload, lane, 'key')).answer
  }))
  t.strictSame(answers.map(({ verdict, complete, media }) => [verdict, complete, media.format]), answers.map(() => ['allow', true, 'jpeg']))
  t.equal(new Set(answers.map(answer => answer.id)).size, 6)
})
