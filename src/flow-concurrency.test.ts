import { readdir } from 'node:fs/promises'
import sharp from 'sharp'
import { test } from 'tap'
import { fixtures, openSite } from './site.test-support.js'

const uploads = 1000
const connections = 16
const pictures = 24

interface Known {
  bytes: Buffer
  state: 'on' | 'off' | 'changing'
  /** Grows with every change, so that an upload can tell whether one began while it was under way. */
  changes: number
  itemId?: number
  /** The list version that acknowledged the last change. */
  version: number
}

/** Small pictures far apart from each other, each with the state of its item. */
async function knownPictures (): Promise<Known[]> {
  const names = (await readdir(fixtures + 'photos')).sort().slice(0, pictures)
  return await Promise.all(names.map(async name => ({
    bytes: await sharp(`${fixtures}photos/${name}`).resize(160, 120, { fit: 'fill' }).jpeg({ quality: 80 }).toBuffer(), state: 'off' as const, changes: 0, version: 0
  })))
}

test('uploads from many connections while the list changes: no wrong verdict', async t => {
  const site = await openSite(t, t.testdir())
  const provider = await site.key('provider')
  const analyst = await site.key('analyst')
  await site.call(await site.key('operator'), 'POST', '/v1/lists', { name: 'moving' })
  const known = await knownPictures()
  const wrong: string[] = []
  const seen = { block: 0, allow: 0, during: 0, changes: 0 }
  /** What just changed is sent at once. */
  const acknowledged: Known[] = []
  let sent = 0
  const isOver = (): boolean => sent >= uploads

  const change = async (one: Known): Promise<void> => {
    const adding = one.state === 'off'
    one.state = 'changing'
    one.changes++
    const answer = adding
      ? await site.call(analyst, 'POST', '/v1/lists/moving/items', one.bytes, 'image/jpeg')
      : await site.call(analyst, 'DELETE', `/v1/lists/moving/items/${one.itemId}`, { reason: 'the test takes it back' })
    if (answer.status !== (adding ? 201 : 200)) wrong.push(`a change was answered ${answer.status} ${JSON.stringify(answer.body)}`)
    if (adding) one.itemId = Number(answer.body.itemId)
    one.version = Number(answer.body.listVersion)
    one.state = adding ? 'on' : 'off'
    acknowledged.push(one)
    seen.changes++
  }
  const changer = async (): Promise<void> => {
    for (let at = 0; !isOver(); at++) await change(known[(at * 7) % known.length] as Known)
  }
  const upload = async (one: Known): Promise<void> => {
    const before = { ...one }
    const { status, body } = await site.call(provider, 'POST', '/v1/checks', one.bytes, 'image/jpeg')
    if (status !== 200) wrong.push(`answered ${status} ${JSON.stringify(body)}`)
    else if (before.state === 'changing' || one.changes !== before.changes) seen.during++
    else if (body.verdict !== (before.state === 'on' ? 'block' : 'allow')) wrong.push(`${String(body.verdict)} although it was ${before.state} at version ${before.version}: ${JSON.stringify(body)}`)
    else if (Number(body.listVersion) < before.version) wrong.push(`version ${String(body.listVersion)} after ${before.version}`)
    else seen[body.verdict as 'block' | 'allow']++
  }
  const uploader = async (): Promise<void> => {
    while (!isOver()) {
      const at = sent++
      await upload(acknowledged.pop() ?? known[at * 11 % known.length] as Known)
    }
  }
  await Promise.all([changer(), ...Array.from({ length: connections }, uploader)])

  t.strictSame(wrong.slice(0, 5), [])
  t.comment(JSON.stringify(seen))
  t.ok(seen.block > 50 && seen.allow > 50 && seen.changes > 20, 'both verdicts and many changes were seen')
  t.equal(site.gate.services.spool.bytes, 0)
})
