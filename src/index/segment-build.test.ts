import { test } from 'tap'
import { BitPermutation } from './bit-permutation.js'
import { masksOf, planFlips } from './flip-plan.js'
import type { FlipPlanner } from './flip-plan.js'
import type { IndexHit } from './hash-index.js'
import { compileKernel } from './kernel-instance.js'
import { probesMax } from './kernel/layout.js'
import { bury, countEntries } from './part.js'
import type { Part } from './part.js'
import { hitsOf } from './part-reader.js'
import { PerceptualReader } from './perceptual-reader.js'
import { SegmentBuilder, flipBalls, flipMasks } from './segment-build.js'
import { layoutOf, tablesBytesMax } from './table-layout.js'
import type { TableLayout } from './table-layout.js'
import { bitDistance, randomValue, randomWords, turned, valueKinds } from './test-data.test-support.js'

const module = compileKernel()
const permutation = new BitPermutation(module)

/** Every way of table that the product uses, numbers of four bytes too, and 14 tables: those have a chunk that crosses the middle of a row. */
const layouts: TableLayout[] = [
  ...[{ tables: 16, sparse: false }, { tables: 14, sparse: false }, { tables: 12, sparse: true }, { tables: 11, sparse: true }].map((shape) => layoutOf(shape, 600)),
  { ...layoutOf({ tables: 14, sparse: true }, 600), numberBytes: 4 },
  { ...layoutOf({ tables: 16, sparse: false }, 600), numberBytes: 4 }
]

/** Uses the tables wherever it can, also where it does not pay. */
const alwaysTables: FlipPlanner = (tables, rows, radius) => {
  const plan = planFlips(tables, rows, radius)
  const probes = tables.bucketWidths.reduce((sum, width, table) => sum + masksOf(width, plan.flips[table] ?? 0), 0)
  return { ...plan, useTables: Math.max(...plan.flips) <= 3 && probes <= probesMax, candidatesMax: 2 ** 32 - 1 }
}

function segmentOf (values: readonly Uint8Array[], layout: TableLayout = layoutOf({ tables: 16, sparse: false }, values.length)): Part {
  const builder = new SegmentBuilder('pdq', values.length, module, tablesBytesMax(layout, values.length))
  values.forEach((value, i) => { builder.append(permutation.apply(value), 0, 4, i + 1) })
  return builder.build(() => layout)
}

function found (reader: PerceptualReader, value: Uint8Array, radius: number): IndexHit[] {
  const keys: number[] = []
  reader.search(permutation.apply(value), radius, 16_384, false, keys)
  return hitsOf(keys, 16_384)
}

function expected (values: readonly Uint8Array[], query: Uint8Array): IndexHit[] {
  return values.map((value, i) => ({ entryId: i + 1, distance: bitDistance(value, query) }))
    .sort((a, b) => a.distance - b.distance || a.entryId - b.entryId)
}

for (const layout of layouts) {
  test(`${layout.widths.length} ${layout.sparse ? 'sparse' : 'plain'} tables with numbers of ${layout.numberBytes} bytes answer as a comparison with every row does`, async (t) => {
    for (const [kind, make] of Object.entries(valueKinds)) {
      const random = randomWords(layout.widths.length)
      const values = make(600, random)
      const reader = new PerceptualReader(segmentOf(values, layout), module, alwaysTables)
      const queries = [randomValue(random), ...Array.from({ length: 3 }, () => turned(values[random() % values.length] ?? new Uint8Array(32), random() % 65, random))]
      for (const query of queries) {
        const all = expected(values, query)
        for (let radius = 0; radius <= 64; radius++) {
          const right = all.filter((hit) => hit.distance <= radius)
          if (JSON.stringify(found(reader, query, radius)) !== JSON.stringify(right)) t.fail(`${kind}: a wrong answer at radius ${radius}`)
        }
      }
      t.pass(kind)
    }
  })
}

test('a match at every distance from 0 to 64 is found from its own radius on', async (t) => {
  for (const layout of layouts) {
    const random = randomWords(5)
    const centre = randomValue(random)
    const values = Array.from({ length: 65 }, (_, distance) => turned(centre, distance, random))
    const reader = new PerceptualReader(segmentOf(values, layout), module, alwaysTables)
    for (let radius = 0; radius <= 64; radius++) {
      t.same(found(reader, centre, radius), values.slice(0, radius + 1).map((_, distance) => ({ entryId: distance + 1, distance })))
    }
  }
})

test('small and even sizes', async (t) => {
  for (const rows of [1, 2, 4, 64, 1024]) {
    const random = randomWords(rows)
    const values = valueKinds.uniform?.(rows, random) ?? []
    const reader = new PerceptualReader(segmentOf(values), module, alwaysTables)
    values.forEach((value, i) => { t.same(found(reader, value, 31)[0], { entryId: i + 1, distance: 0 }) })
  }
})

test('a buried entry is gone, also from a row that others share', async (t) => {
  const random = randomWords(9)
  const value = randomValue(random)
  const part = segmentOf([value, randomValue(random), value, value])
  const reader = new PerceptualReader(part, module, alwaysTables)
  t.same(countEntries(part), { entries: 4, buried: 0 })
  const bit = reader.locate(permutation.apply(value), 3)
  t.type(bit, 'number')
  bury(part.memory, bit ?? 0)
  t.same(found(reader, value, 10).map((hit) => hit.entryId), [1, 4])
  t.equal(reader.locate(permutation.apply(value), 3), undefined)
  t.same(countEntries(part), { entries: 3, buried: 1 })
})

test('the closest hits are kept when there are too many, and too many candidates become a scan', async (t) => {
  const random = randomWords(11)
  const centre = randomValue(random)
  const values = Array.from({ length: 500 }, () => turned(centre, random() % 60, random))
  const part = segmentOf(values)
  for (const planner of [alwaysTables, (...args: Parameters<FlipPlanner>) => ({ ...alwaysTables(...args), candidatesMax: 3 })]) {
    const keys: number[] = []
    new PerceptualReader(part, module, planner).search(permutation.apply(centre), 40, 7, false, keys)
    t.same(hitsOf(keys, 16_384), expected(values, centre).slice(0, 7))
  }
})

test('the largest segment that the index makes fits into what WebAssembly can address', async (t) => {
  for (const rows of [80_001, 800_001, 6_000_000, 6_000_001, 16_777_216, 25_000_000]) t.doesNotThrow(() => new SegmentBuilder('pdq', rows, module), `${rows} rows`)
})

test('flip masks come by number of flips, each once', async (t) => {
  for (const width of [10, 16, 24]) {
    const masks = flipMasks(width)
    t.equal(masks.length, masksOf(width, 3))
    t.equal(new Set(masks).size, masks.length)
    t.ok(masks.every((mask) => mask < 2 ** width))
  }
})

test('the balls of a group hold the buckets within so many flips', async (t) => {
  const ones = (bits: number): number => bits === 0 ? 0 : (bits & 1) + ones(bits >>> 1)
  flipBalls().forEach((ball, i) => {
    const within = Array.from({ length: 64 }, (_, bucket) => bucket).filter((bucket) => ones(bucket ^ (i % 64)) <= Math.floor(i / 64))
    t.equal(ball, within.reduce((bits, bucket) => bits | 1n << BigInt(bucket), 0n))
  })
})
