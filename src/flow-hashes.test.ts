import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { test } from 'tap'
import { bytesToHex } from './hash/bits.js'
import { pdqOf } from './hash/hashes.test-support.js'
import { pdqOrientations } from './hash/pdq-orientations.js'
import { hitsLimit } from './index/hash-index.js'
import { fixtures, openSite, testCard } from './site.test-support.js'

/** The PDQ hashes of a picture of at most 512 px, upright first. */
async function pdqTextsOf (picture: Sharp): Promise<string[]> {
  const { data, info } = await picture.flatten({ background: 'white' }).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return pdqOrientations(pdqOf({ width: info.width, height: info.height, channels: 3, data })).map(({ hash }) => bytesToHex(hash))
}

test('a turned copy is found by its orientations, and only within the block distance', async t => {
  const site = await openSite(t, t.testdir())
  const key = await site.key('provider', { allowHashes: true })
  const check = async (hashes: object[]) => {
    const { status, body } = await site.call(key, 'POST', '/v1/checks/hashes', { hashes })
    t.equal(status, 200, JSON.stringify(body))
    return body.results as { verdict: string, matches: object[] }[]
  }
  const small = await sharp(testCard).resize(400, 400, { fit: 'inside' }).png().toBuffer()
  const [upright = ''] = await pdqTextsOf(sharp(small))
  const [mirrored = '', ...turned] = await pdqTextsOf(sharp(await sharp(small).flop().png().toBuffer()))
  const results = await check([
    { algorithm: 'pdq', value: upright },
    { algorithm: 'pdq', value: mirrored },
    { algorithm: 'pdq', value: mirrored, orientations: turned },
    { algorithm: 'pdq', value: 'ab'.repeat(32), quality: 100 }
  ])
  t.match(results, [
    { verdict: 'block', matches: [{ list: 'test', orientation: 'upright' }] },
    { verdict: 'allow', matches: [] },
    { verdict: 'block', matches: [{ list: 'test', orientation: 'flipHorizontal' }] },
    { verdict: 'allow' }
  ])
  await site.call(await site.key('operator'), 'POST', '/v1/lists', { name: 'own' })
  await site.call(await site.key('analyst'), 'POST', '/v1/lists/own/items', { hashes: [{ algorithm: 'pdq', value: upright }] })
  // 36 bits off: near enough to hold upright, not near enough for a turned picture.
  const off = withBitsTurned(upright, 36)
  t.match(await check([{ algorithm: 'pdq', value: off }]), [{ verdict: 'hold' }])
  t.match(await check([{ algorithm: 'pdq', value: mirrored, orientations: [off] }]), [{ verdict: 'allow' }])
})

test('a null is no number: what was meant as unknown is not taken as 0', async t => {
  const site = await openSite(t, t.testdir())
  const provider = await site.key('provider', { allowHashes: true })
  const operator = await site.key('operator')
  const [value = ''] = await pdqTextsOf(sharp(testCard).resize(400, 400, { fit: 'inside' }))
  const refused = async (key: string, method: string, route: string, body: object, detail: RegExp) => {
    t.match(await site.call(key, method, route, body), { status: 400, body: { code: 'invalidRequest', detail } }, detail.source)
  }
  await refused(provider, 'POST', '/v1/checks/hashes', { hashes: [{ algorithm: 'pdq', value, quality: null }] }, /quality must be integer/)
  await refused(operator, 'POST', '/v1/lists', { name: 'own', policy: { pdqBlockDistance: null } }, /pdqBlockDistance must be integer/)
  await refused(operator, 'POST', '/v1/keys', { name: 'site', roles: ['provider'], checksPerMinute: null }, /checksPerMinute must be integer/)
  await refused(operator, 'POST', '/v1/keys', { name: 'site', roles: ['provider'], allowHashes: 'true' }, /allowHashes must be boolean/)
  await refused(operator, 'POST', '/v1/keys', { name: 'site', roles: ['provider', 'provider'] }, /roles must not have duplicate items/)
  await refused(operator, 'POST', '/v1/lists', { name: 'own', action: 'deny' }, /action must be .*: block, hold, observe/)
  await refused(operator, 'POST', '/v1/lists', { name: 'own', kinds: 'known' }, /properties: kinds/)
  t.match(await site.call(operator, 'GET', '/v1/audit?after=1.5'), { status: 400, body: { detail: /after must be integer/ } })
  t.match(await site.call(operator, 'GET', '/v1/audit?toString=1'), { status: 400, body: { detail: /properties: toString/ } })
  t.match(await site.call(operator, 'GET', '/v1/audit?after=1'), { status: 200 })
})

test('what more entries are near than a search returns is not decided', async t => {
  const site = await openSite(t, t.testdir())
  const provider = await site.key('provider', { allowHashes: true })
  const operator = await site.key('operator')
  await site.call(operator, 'POST', '/v1/lists', { name: 'watched', action: 'observe' })
  const photo = await readFile(fixtures + 'photos/alps-01.jpg')
  const small = await sharp(photo).resize(300, 200).png().toBuffer()
  const [upright = ''] = await pdqTextsOf(sharp(small))
  const lines = neighbours(upright, hitsLimit).map(hash => `pdq ${hash}`)
  t.match(await site.call(operator, 'POST', '/v1/lists/watched/imports', lines.join('\n'), 'text/plain'), { status: 200, body: { added: lines.length } })
  t.match(await site.call(provider, 'POST', '/v1/checks', small, 'image/png'), { status: 200, body: { verdict: 'hold', reasons: [{ enforced: false }, { code: 'tooManyMatches', enforced: true }] } })
  const { body } = await site.call(provider, 'POST', '/v1/checks/hashes', { hashes: [{ algorithm: 'pdq', value: upright }, { algorithm: 'pdq', value: withBitsTurned(upright, 128) }] })
  t.match(body.results, [{ verdict: 'hold', reasons: [{ enforced: false }, { code: 'tooManyMatches' }] }, { verdict: 'allow' }])
})

test('orientations that cannot be', async t => {
  const site = await openSite(t, t.testdir())
  const key = await site.key('provider', { allowHashes: true })
  const check = async (hash: object) => await site.call(key, 'POST', '/v1/checks/hashes', { hashes: [hash] })
  const pdq = '5a'.repeat(32)
  t.match(await check({ algorithm: 'md5', value: '5a'.repeat(16), orientations: [pdq] }), { status: 400, body: { code: 'invalidRequest' } })
  t.match(await check({ algorithm: 'pdq', value: pdq, orientations: ['5a'] }), { status: 400, body: { code: 'malformedHash' } })
  t.match(await check({ algorithm: 'pdq', value: pdq, orientations: Array.from({ length: 8 }, () => pdq) }), { status: 400, body: { code: 'invalidRequest' } })
  t.notMatch((await check({ algorithm: 'pdq', value: pdq, orientations: ['zz'] })).body.detail, /zz/, 'an error shows no hash')
  const short = await site.key('provider', { allowHashes: true, detail: 'short' })
  const { body } = await site.call(short, 'POST', '/v1/checks/hashes', { hashes: [{ algorithm: 'pdq', value: pdq }] })
  t.strictSame((body.results as object[])[0], { verdict: 'allow', lists: [] }, 'without full detail: verdict and lists')
  const none = await site.key('provider')
  t.match(await site.call(none, 'POST', '/v1/checks/hashes', { hashes: [{ algorithm: 'pdq', value: pdq }] }), { status: 403, body: { code: 'hashesNotAllowed' } })
})

/** Half of `bits` ones and half of them zeros turned over, so that the weight stays 128. */
function withBitsTurned (hex: string, bits: number): string {
  const digits = [...Buffer.from(hex, 'hex')].flatMap(byte => [...byte.toString(2).padStart(8, '0')])
  const left: Record<string, number> = { 0: bits / 2, 1: bits / 2 }
  const turned = digits.map(digit => {
    if ((left[digit] ?? 0) === 0) return digit
    left[digit] = (left[digit] ?? 0) - 1
    return digit === '1' ? '0' : '1'
  }).join('')
  return (turned.match(/.{8}/g) ?? []).map(byte => parseInt(byte, 2).toString(16).padStart(2, '0')).join('')
}

/** So many hashes two bits from one, each with as many bits set. */
function neighbours (hex: string, count: number): string[] {
  const bytes = Buffer.from(hex, 'hex')
  const places = (bit: number): number[] => Array.from({ length: 256 }, (_, place) => place).filter(place => (((bytes[place >> 3] ?? 0) >> (place & 7)) & 1) === bit)
  const found: string[] = []
  for (const one of places(1)) {
    for (const zero of places(0)) {
      const near = Buffer.from(bytes)
      for (const place of [one, zero]) near[place >> 3] = (near[place >> 3] ?? 0) ^ (1 << (place & 7))
      found.push(near.toString('hex'))
      if (found.length === count) return found
    }
  }
  return found
}
