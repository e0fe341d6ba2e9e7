import { test } from 'tap'
import { chooseMerge } from './merge-policy.js'
import type { MergeCandidate } from './merge-policy.js'

const of = (entries: number, buried = 0): MergeCandidate => ({ entries, buried })

test('nothing is merged before enough waits', async (t) => {
  t.equal(chooseMerge([of(1_000_000)], [of(99)], 100), undefined)
  t.same(chooseMerge([], [of(60), of(40)], 100), [])
})

test('many small blocks are merged, however little is in them', async (t) => {
  t.equal(chooseMerge([], new Array<MergeCandidate>(8).fill(of(1)), 100), undefined)
  t.same(chooseMerge([], new Array<MergeCandidate>(9).fill(of(1)), 100), [])
})

test('small segments join, a large one stays', async (t) => {
  t.same(chooseMerge([of(1_000_000), of(500)], [of(100)], 100), [1])
  t.same(chooseMerge([of(4_000), of(700)], [of(100)], 100), [1, 0])
})

test('a segment with much waste is rewritten, even when little waits', async (t) => {
  t.same(chooseMerge([of(10_000, 4_000)], [of(1)], 100), [0])
  t.equal(chooseMerge([of(10_000, 1_000)], [of(1)], 100), undefined)
})

test('ten million entries in equal steps never make more than a handful of segments', async (t) => {
  let segments: MergeCandidate[] = []
  let copied = 0
  let most = 0
  for (let i = 0; i < 625; i++) {
    const chosen = chooseMerge(segments, [of(16_000)], 16_000) ?? []
    const merged = chosen.reduce((sum, at) => sum + (segments[at]?.entries ?? 0), 16_000)
    copied += merged
    segments = [...segments.filter((_, at) => !chosen.includes(at)), of(merged)]
    most = Math.max(most, segments.length)
  }
  t.ok(most <= 5, `${most} segments`)
  t.ok(copied / 10_000_000 < 40, 'an entry is copied a few dozen times at most')
})
