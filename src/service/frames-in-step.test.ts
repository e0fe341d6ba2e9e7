import { test } from 'tap'
import type { PictureHashes } from '../media/fingerprint.js'
import type { Hit } from '../policy/hit.js'
import { defaultListPolicy } from '../policy/list-policy.js'
import type { EntryRecord } from '../store/store.js'
import { withFramesInStep } from './frames-in-step.js'

const list: Hit['list'] = { name: 'known', kind: 'known', action: 'block', category: '', policy: defaultListPolicy }

/** A look of its own for every number, as heavy as a true PDQ hash: any two differ in about half of their bits. */
function look (number: number): Uint8Array {
  let state = (number + 1) * 2654435761 >>> 0
  const half = Array.from({ length: 16 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  return Uint8Array.from([...half, ...half.map(byte => byte ^ 0xff)])
}

function frame (timeS: number, pdq: Uint8Array, pdqQuality = 100): PictureHashes {
  return { frame: 0, timeS, native: { width: 640, height: 360 }, variants: [{ variant: 'whole', pdq, pdqQuality }] }
}

const looks = [1, 2, 4, 8].map(look)
const film = looks.map((pdq, second) => frame(second, pdq))
const entries: EntryRecord[] = looks.map((value, second) => ({ entryId: second + 1, algorithm: 'pdq', value, variant: 'whole', matchable: true, timeS: second }))

function storeOf (items: Record<number, EntryRecord[]>): { entriesOfItem: (itemId: number) => Promise<EntryRecord[]>, read: number[] } {
  const read: number[] = []
  return {
    read,
    entriesOfItem: async itemId => {
      read.push(itemId)
      return items[itemId] ?? []
    }
  }
}

function seedHit (more: Partial<Hit> = {}): Hit {
  return {
    list, itemId: 1, entryId: 1, itemKind: 'video', category: '', algorithm: 'pdq', distance: 43, picture: 0, orientation: 'upright', quality: 100, entryQuality: 100, entryTimeS: 0, ...more
  }
}

test('a seed has its film compared moment by moment', async t => {
  const store = storeOf({ 1: entries })
  t.match(await withFramesInStep(store, [seedHit()], film), [{ framesInStep: 3 }])
  t.match(await withFramesInStep(store, [seedHit()], film.slice(0, 2)), [{ framesInStep: 2 }])
  t.match(await withFramesInStep(store, [seedHit({ entryTimeS: 3 })], film), [{ framesInStep: 0 }], 'a seed at the wrong time')
})

test('what is no seed is left alone and costs no read', async t => {
  const store = storeOf({ 1: entries })
  const others: Array<Partial<Hit>> = [
    { distance: 44 }, { orientation: 'rotate90' }, { itemKind: 'image' }, { itemKind: 'hashes' }, { algorithm: 'blockhash', pdqDistanceToItem: 70 },
    { list: { ...list, kind: 'exclusion' } }, { list: { ...list, policy: { ...defaultListPolicy, videoStepFramesMin: 0 } } }
  ]
  for (const more of others) {
    const hits = [seedHit(more)]
    t.strictSame(await withFramesInStep(store, hits, film), hits)
  }
  const { entryTimeS, ...timeless } = seedHit()
  t.strictSame(await withFramesInStep(store, [timeless], film), [timeless])
  t.strictSame(await withFramesInStep(store, [seedHit()], film.map(({ timeS, ...still }) => still)), [seedHit()])
  t.strictSame(store.read, [])
})

test('a video that a frame or a digest has found is left alone', async t => {
  const store = storeOf({ 1: entries })
  for (const found of [seedHit({ distance: 31, entryId: 2 }), seedHit({ algorithm: 'sha256', distance: 0, entryId: 2 })]) {
    const hits = [seedHit(), found]
    t.strictSame(await withFramesInStep(store, hits, film), hits)
  }
  t.strictSame(store.read, [])
})

test('frames of low quality and entries that are not searched do not count', async t => {
  const withQuality = (quality: number) => film.map((_, second) => frame(second, look(2 ** second), quality))
  t.match(await withFramesInStep(storeOf({ 1: entries }), [seedHit()], withQuality(24)), [{ framesInStep: 0 }])
  t.match(await withFramesInStep(storeOf({ 1: entries }), [seedHit()], withQuality(25)), [{ framesInStep: 3 }])
  t.match(await withFramesInStep(storeOf({ 1: entries.map(entry => ({ ...entry, matchable: false })) }), [seedHit()], film), [{ framesInStep: 0 }])
})

test('only the eight closest videos are read', async t => {
  const items = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index + 1, entries]))
  const store = storeOf(items)
  const hits = Array.from({ length: 20 }, (_, index) => seedHit({ itemId: index + 1, distance: 43 - index % 2 }))
  await withFramesInStep(store, hits, film)
  t.strictSame(store.read, [2, 4, 6, 8, 10, 12, 14, 16])
})
