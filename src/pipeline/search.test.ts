import { test } from 'tap'
import { hitsLimit } from '../index/hash-index.js'
import { openHashIndex } from '../index/open.js'
import type { PictureHashes } from '../media/fingerprint.js'
import { isCutShort, isDistinctive, searchAll, searchDigests, searchPicture, type SearchPlan } from './search.js'

const plan: SearchPlan = {
  pdqUprightRadius: 40, pdqFrameRadius: 43, pdqTurnedRadius: 31, blockhashRadius: 24, pdqQualityMin: 50, stableBitsMin: 192, pictureSideMinPx: 24, hitsUsual: 10
}
const known = Uint8Array.from({ length: 32 }, (_, index) => index % 2 === 0 ? 0xff : 0)

/** The known hash with so many bits of either kind turned, so that half of its bits stay set. */
function near (pairs: number): Uint8Array {
  const hash = known.slice()
  for (let pair = 0; pair < pairs; pair++) {
    const [from, mask] = [2 * (pair >> 3), 1 << (pair & 7)]
    hash[from] = (hash[from] ?? 0) ^ mask
    hash[from + 1] = (hash[from + 1] ?? 0) ^ mask
  }
  return hash
}

function picture (pdq: Uint8Array, pdqQuality: number, more: { timeS?: number, side?: number, oriented?: Uint8Array } = {}): PictureHashes {
  const { side = 640, timeS, oriented } = more
  const variant = { variant: 'whole', pdq, pdqQuality, ...oriented === undefined ? {} : { oriented } }
  return { frame: 0, native: { width: side, height: side }, variants: [variant], ...timeS === undefined ? {} : { timeS } }
}

test('what of an upload is searched, and how far', async t => {
  const index = openHashIndex()
  t.teardown(() => index.close())
  index.add([{ entryId: 1, algorithm: 'pdq', value: known }], 1)
  const found = (upload: PictureHashes): number[] => searchPicture(index, upload, 0, plan).map(({ distance }) => distance)
  t.same(found(picture(near(0), 25)), [0], 'half the quality of known material is enough')
  t.same(found(picture(near(0), 24)), [])
  t.notOk(isDistinctive(picture(near(0), 24), plan))
  t.same(found(picture(near(0), 100, { side: 24 })), [0])
  t.same(found(picture(near(0), 100, { side: 23 })), [])
  t.same(found(picture(near(20), 100)), [40])
  t.same(found(picture(near(21), 100)), [])
  t.same(found(picture(near(21), 100, { timeS: 1 })), [42], 'frames of films look further')
  const turned = new Uint8Array(64).fill(0x0f)
  for (const [pairs, hits] of [[15, [30]], [16, []]] as const) {
    turned.set(near(pairs), 32)
    t.same(found(picture(turned.slice(0, 32), 100, { oriented: turned })), hits, 'turned up to the block distance')
  }
})

test('however many near entries there are, none is left out', async t => {
  const index = openHashIndex()
  t.teardown(() => index.close())
  const crowd = Array.from({ length: 500 }, (_, i) => ({ entryId: i + 1, algorithm: 'pdq' as const, value: near(1) }))
  index.add([...crowd, { entryId: 501, algorithm: 'pdq', value: near(5) }], 1)
  t.ok(searchPicture(index, picture(known, 100), 0, plan).some(({ entryId }) => entryId === 501), 'of an upload')
  t.ok(searchAll(index, 'pdq', known, 40, 10).some(({ entryId }) => entryId === 501))
  const md5 = new Uint8Array(16)
  const digests = { md5, sha1: new Uint8Array(20), sha256: new Uint8Array(32) }
  index.add(Array.from({ length: 1500 }, (_, i) => ({ entryId: 1000 + i, algorithm: 'md5' as const, value: md5 })), 2)
  t.equal(searchDigests(index, digests).length, 1500)
})

test('a search that met more than it returns is told from several that returned all', async t => {
  const index = openHashIndex()
  t.teardown(() => index.close())
  const crowd = Array.from({ length: hitsLimit - 1 }, (_, i) => ({ entryId: i + 1, algorithm: 'pdq' as const, value: near(1) }))
  index.add([...crowd], 1)
  const turned = new Uint8Array(64)
  turned.set(known)
  turned.set(near(2), 32)
  const upload = picture(known, 100, { oriented: turned })
  const all = searchPicture(index, upload, 0, plan)
  t.equal(all.length, 2 * crowd.length)
  t.notOk(isCutShort(all))
  index.add([{ entryId: hitsLimit, algorithm: 'pdq', value: near(6) }], 2)
  t.ok(isCutShort(searchPicture(index, upload, 0, plan)))
})
