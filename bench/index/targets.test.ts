import { test } from 'tap'
import type { DataKind } from './data.js'
import type { GateFigures, SearchFigures, SetFigures } from './figures.js'
import { indexTargets } from './targets.js'

const times = { p50Us: 10, p99Us: 20, rawP99Us: 30, meanUs: 10, hits: 0 }

function search (kind: DataKind, own: Partial<SearchFigures>): SearchFigures {
  return { kind, count: 1e6, radius: 31, own: times, meanHits: 0, nativeP50Us: 10, nativeHugePagesMb: 0, linear: times, avx2P50Us: 1_000, avx512P50Us: 500, recall: 1, ...own }
}

function set (kind: DataKind, count: number): SetFigures {
  return {
    kind,
    count,
    importS: 1,
    buildS: 1,
    bytesPerHash: 118,
    saveS: 1,
    start: { medianS: 1, firstS: 1, coldS: 1 },
    sqliteReadS: 20,
    imageCheckUs: 1,
    onePerSecond: 1,
    twoPerSecond: 2,
    twoToOne: 1.9,
    insertP50Us: 30,
    insertP99Us: 90.4,
    insertMaxUs: 100,
    merges: 1
  }
}

const measuredOf = (what: RegExp, ...figures: Parameters<typeof indexTargets>): { measured: string, reached: boolean | undefined } | undefined =>
  indexTargets(...figures).find(target => what.test(target.what))

const gate: Pick<GateFigures, 'lines' | 'found' | 'asked'> = { lines: 100_000, found: 800, asked: 800 }
const figures = { searches: [search('uniform', {})], sets: [set('uniform', 1e6), set('blockhash', 1e6)], peers: [], gates: [gate as GateFigures] }

test('two data sets of one size are told apart, and every figure has its unit', t => {
  t.equal(measuredOf(/from add to found/, figures)?.measured, '0.0904 ms (uniform, 1 million); 0.0904 ms (blockhash, 1 million)')
  t.equal(measuredOf(/hash at one million/, figures)?.measured, '118 bytes (uniform); 118 bytes (blockhash)')
  t.strictSame(measuredOf(/imported list/, figures)?.measured, '800 of 800 (0.1 million lines)')
  for (const { measured } of indexTargets(figures)) {
    const labels = [...measured.matchAll(/\(([^)]*)\)/g)].map(([, label]) => label)
    t.equal(new Set(labels).size, labels.length, measured)
  }
  t.end()
})

test('a figure that misses its bound by little does not look like the bound', t => {
  const floor = measuredOf(/native floor/, { ...figures, searches: [search('uniform', { own: { ...times, p50Us: 13.004 } })] })
  t.match(floor, { measured: /^1\.3004 times/, reached: false })
  const answers = measuredOf(/equal to comparing/, { ...figures, searches: [search('pdq', { recall: 0.99999 })] })
  t.match(answers, { measured: /^99\.999 % at worst \(pdq, 1 million, radius 31\)/, reached: false })
  t.end()
})

test('what was not measured is not judged', t => {
  const targets = indexTargets({ searches: [], sets: [], peers: [], gates: [] })
  t.ok(targets.every(({ reached, measured }) => reached === undefined && measured === 'not in this run'))
  t.end()
})
