import type { Cell, Plot, Table } from './bench.js'
import type { RunRecord } from './record.js'

const bars: Plot = {
  kind: 'bars',
  title: 'Pictures a second and core, 12 megapixels',
  unit: 'pictures/s',
  labels: ['JPEG', 'PNG', 'WebP <lossy> & "quoted"'],
  series: [
    { name: 'Keersluis', values: [41, 9.4, 11.8] },
    { name: 'bare sharp', values: [44, 9.9, 12.4] },
    { name: 'naive', values: [5.1, 3.8, 3.3] },
    { name: 'libjpeg-turbo', values: [47, Number.NaN, Number.NaN] }
  ],
  marks: [{ at: 20, label: 'a mark' }]
}

const stacked: Plot = {
  kind: 'bars',
  title: 'Where the time goes',
  unit: 'processor milliseconds a picture, the fastest of several rounds',
  stacked: true,
  labels: ['2 MP', 'WebP'],
  series: [{ name: 'decode', values: [6.1, 19.8] }, { name: 'hop', values: [0.4, 0.5] }, { name: 'PDQ', values: [0.5, 0.5] }]
}

const lines: Plot = {
  kind: 'lines',
  title: 'Time of a search by number of entries',
  xLabel: 'entries',
  yLabel: 'µs',
  logX: true,
  logY: true,
  series: [
    { name: 'Keersluis, radius 31', points: [[1e4, 12], [1e5, 48], [1e6, 230], [1e7, 1900]] },
    { name: 'linear scan', points: [[1e4, 110], [1e5, 1200], [1e6, 14_000], [1e7, 150_000]] }
  ]
}

const bell = (centre: number, width: number, scale: number): number[] =>
  Array.from({ length: 65 }, (_, bin) => Math.round(scale * Math.exp(-(((bin * 4 - centre) / width) ** 2))))

const histogram: Plot = {
  kind: 'histogram',
  title: 'Distances of edited copies and of strangers',
  xLabel: 'bits of 256, the least over variants, crops and orientations',
  binWidth: 4,
  marks: [{ at: 31, label: 'block at 31' }, { at: 40, label: 'hold at 40' }],
  series: [{ name: 'edited copies', counts: bell(8, 9, 900) }, { name: 'unrelated pairs', counts: bell(128, 14, 9000) }]
}

const manyColumns = ['data', ...Array.from({ length: 19 }, (_, i) => `figure ${i}, median us`)]
const row = (name: string): Cell[] => [name, ...manyColumns.slice(1).map((_, i) => i === 3 ? 1_757_053 : 13 * i + 0.123)]

/** Wider than a page: few rows, which fit when they stand as columns, and many, which do not. */
const wideTables: Table[] = [
  { title: 'Many figures of two sets', columns: manyColumns, rows: ['uniform', 'blockhash'].map(row) },
  { title: 'Many figures of many sets', columns: manyColumns, rows: Array.from({ length: 24 }, (_, i) => row(`set ${i}`)) }
]

/** A small run with everything that a report can show, a failed bench and texts that would break a careless page. */
export const sampleRun: RunRecord = {
  command: 'npm run bench -- hash index --quick',
  startedAt: '2026-01-02T03:04:05.000Z',
  quick: true,
  machine: { processor: 'Sample <Processor>', threads: 2, memoryGiB: 24, system: 'Sample Linux', loadAtStart: 0.1, versions: { Keersluis: '0.1.0 (abc1234)', Node: '20.20.2' } },
  benches: [
    {
      name: 'hash',
      elapsedS: 42.2,
      result: {
        title: 'Hashing pictures',
        headline: 'One core hashes 41 JPEG pictures of 12 megapixels a second: 0.93 of bare sharp, 8 times the naive way.',
        conditions: ['seeded pictures with texture at all scales, 2 for each size', 'sharp 0.35.5, libvips 8.18.7'],
        tables: [{
          title: 'Pictures a second and core',
          note: 'Median of 5 rounds.',
          columns: ['format', 'MP', 'Keersluis/s', 'of sharp', '<script>alert(1)</script>'],
          rows: [['JPEG', 2, 151, 0.81, '1,234 | piped'], ['JPEG', 12, 41.2, 0.934, '–'], ['PNG', 12, 9.41, 0.95, '12 %']]
        }],
        plots: [bars, stacked],
        targets: [
          { what: 'share of bare sharp, from 12 MP up', wanted: 'at least 0.85', measured: '0.93 at worst (JPEG, 12 MP)', reached: true },
          { what: 'share of bare sharp, 2 MP', wanted: 'at least 0.75', measured: '0.71 at worst (PNG)', reached: false },
          { what: 'CPU time against the libjpeg-turbo floor', wanted: 'at most 1.3 times', measured: 'no jpeglib.h', reached: undefined }
        ]
      }
    },
    {
      name: 'index',
      elapsedS: 30,
      result: {
        title: 'Searching', headline: 'A search among a million takes 230 µs.', conditions: [], tables: wideTables, plots: [lines, histogram], targets: [{ what: 'blocked, each edit', group: 'drawn <pictures>', wanted: 'all', measured: 'all', reached: true }]
      }
    },
    { name: 'video', elapsedS: 0, failure: 'it is not there & says <so>' }
  ]
}
