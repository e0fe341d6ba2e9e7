import { test } from 'tap'
import { chooseMerge, chooseWhileLoading } from './merge-policy.js'
import type { MergeCandidate } from './merge-policy.js'

const limits = { pendingEntriesMax: 100, rowsMax: 25_000_000 }
const of = (entries: number, buried = 0): MergeCandidate => ({ entries, buried })

test('nothing is merged before enough waits', async (t) => {
  t.equal(chooseMerge([of(1_000_000)], [of(99)], limits), undefined)
  t.same(chooseMerge([], [of(60), of(40)], limits), [])
})

test('many small blocks are merged, however little is in them', async (t) => {
  t.equal(chooseMerge([], new Array<MergeCandidate>(8).fill(of(1)), limits), undefined)
  t.same(chooseMerge([], new Array<MergeCandidate>(9).fill(of(1)), limits), [])
})

test('small segments join, a large one stays', async (t) => {
  t.same(chooseMerge([of(1_000_000), of(500)], [of(100)], limits), [1])
  t.same(chooseMerge([of(4_000), of(700)], [of(100)], limits), [1, 0])
})

test('a segment with much waste is rewritten, even when little waits', async (t) => {
  t.same(chooseMerge([of(10_000, 4_000)], [of(1)], limits), [0])
  t.equal(chooseMerge([of(10_000, 1_000)], [of(1)], limits), undefined)
})

test('ten million entries in equal steps never make more than a handful of segments', async (t) => {
  let segments: MergeCandidate[] = []
  let copied = 0
  let most = 0
  for (let i = 0; i < 625; i++) {
    const chosen = chooseMerge(segments, [of(16_000)], { ...limits, pendingEntriesMax: 16_000 }) ?? []
    const merged = chosen.reduce((sum, at) => sum + (segments[at]?.entries ?? 0), 16_000)
    copied += merged
    segments = [...segments.filter((_, at) => !chosen.includes(at)), of(merged)]
    most = Math.max(most, segments.length)
  }
  t.ok(most <= 5, `${most} segments`)
  t.ok(copied / 10_000_000 < 40, 'an entry is copied a few dozen times at most')
})

test('while a load lasts only blocks are merged; its many segments become one afterwards', async (t) => {
  t.equal(chooseWhileLoading([of(99)], limits), undefined)
  t.same(chooseWhileLoading([of(60), of(40)], limits), [])
  t.equal(chooseMerge(new Array<MergeCandidate>(8).fill(of(300_000)), [], limits), undefined)
  t.equal(chooseMerge(new Array<MergeCandidate>(9).fill(of(300_000)), [], limits)?.length, 9)
  t.equal(chooseMerge([of(9_000_000), ...new Array<MergeCandidate>(9).fill(of(300_000))], [], limits)?.length, 10)
})

test('segments that are too large to become one are left apart, however many', async (t) => {
  t.equal(chooseMerge(new Array<MergeCandidate>(12).fill(of(20_000_000)), [], limits), undefined)
})

test('of very unequal segments that are too many, two at least are merged', async (t) => {
  const segments = Array.from({ length: 9 }, (_, i) => of(6 ** i))
  t.ok((chooseMerge(segments, [], limits)?.length ?? 0) >= 2)
  t.same(chooseMerge(Array.from({ length: 9 }, (_, i) => of(20 ** i)), [], { ...limits, rowsMax: 1e12 }), [0, 1])
})
