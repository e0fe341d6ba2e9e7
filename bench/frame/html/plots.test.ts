import { test } from 'tap'
import type { HistogramPlot, Plot } from '../bench.js'
import { sampleRun } from '../sample-run.test-support.js'
import { drawBars } from './bars.js'
import { figure, valuesOf } from './figure.js'
import { drawHistogram, sharesOf } from './histogram.js'
import { canvases } from './svg.js'

const plots = sampleRun.benches.flatMap(({ result }) => result?.plots ?? [])
const [wide] = canvases

test('every plot is drawn twice, named, described and given as a table', t => {
  t.ok(plots.length > 3)
  for (const [i, plot] of plots.entries()) {
    const markup = figure(plot, `plot-${i}`)
    t.equal(markup.match(/<svg class="(wide|narrow)" role="img"/g)?.length, 2, plot.title)
    t.equal(markup.match(/<desc id="[^"]+">[^<]+<\/desc>/g)?.length, 2)
    t.match(markup, /<table/)
    t.notMatch(markup, /NaN|Infinity|undefined/, 'what was not measured has no coordinates')
  }
  t.end()
})

test('a plot without any figures is still drawn', t => {
  const empty: Plot[] = [
    { kind: 'bars', title: 'a', unit: 's', labels: [], series: [] },
    { kind: 'bars', title: 'a', unit: 's', labels: ['x'], series: [{ name: 'y', values: [] }] },
    { kind: 'lines', title: 'a', xLabel: 'x', yLabel: 'y', logX: true, logY: true, series: [{ name: 'z', points: [[0, 0], [Number.NaN, 1]] }] },
    { kind: 'histogram', title: 'a', xLabel: 'x', binWidth: 1, series: [{ name: 'y', counts: [] }, { name: 'z', counts: [0, 0] }] }
  ]
  for (const plot of empty) t.notMatch(figure(plot, 'p'), /NaN|Infinity|undefined/, plot.kind)
  t.end()
})

test('shares of a series sum to one, whatever it counted', t => {
  t.strictSame(sharesOf([1, 3, 0]), [0.25, 0.75, 0])
  t.strictSame(sharesOf([0, 0]), [0, 0])
  t.end()
})

test('a histogram marks the distances that decide, at their place', t => {
  const plot: HistogramPlot = { kind: 'histogram', title: 'd', xLabel: 'bits', binWidth: 2, marks: [{ at: 50, label: 'half' }], series: [{ name: 's', counts: Array(50).fill(1) }] }
  const { body } = drawHistogram(plot, wide ?? { width: 560, isNarrow: false })
  const base = /<line class="base" x1="([\d.]+)"[^>]* x2="([\d.]+)"/.exec(body)
  const mark = /<line class="target" x1="([\d.]+)"/.exec(body)
  t.ok(Math.abs(Number(mark?.[1]) - (Number(base?.[1]) + Number(base?.[2])) / 2) < 0.2, 'half way along the axis')
  const values = valuesOf(plot)
  t.equal(values.rows.length, 50)
  t.equal(values.rows[0]?.[1], '2 %')
  t.end()
})

test('bars are as long as their values, and stacked ones lie end to end', t => {
  const plot = { kind: 'bars' as const, title: 'b', unit: 's', labels: ['x'], series: [{ name: 'one', values: [10] }, { name: 'two', values: [30] }] }
  const canvas = wide ?? { width: 560, isNarrow: false }
  const rectangles = (body: string) => [...body.matchAll(/<rect class="c\d" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(([, x, width]) => ({ x: Number(x), width: Number(width) }))
  const [first, second] = rectangles(drawBars(plot, canvas).body)
  t.ok(Math.abs((second?.width ?? 0) / (first?.width ?? 1) - 3) < 0.01)
  t.equal(first?.x, second?.x)
  const steps = drawBars({ ...plot, stacked: true, series: [...plot.series, { name: 'less', values: [-4] }, { name: 'last', values: [5] }] }, canvas).body
  const drawn = rectangles(steps)
  t.equal(drawn.length, 3, 'a step below zero has no length')
  t.ok(drawn.every(({ x }, i) => i === 0 || Math.abs(x - (drawn[i - 1]?.x ?? 0) - (drawn[i - 1]?.width ?? 0)) < 0.2), 'nor does it lay the others over each other')
  t.match(steps, '>41</text>', 'but it counts')
  const [below, above] = rectangles(drawBars({ ...plot, stacked: true }, canvas).body)
  t.ok(Math.abs((below?.x ?? 0) + (below?.width ?? 0) - (above?.x ?? 0)) < 0.2)
  t.end()
})
