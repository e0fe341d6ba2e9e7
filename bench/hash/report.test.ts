import { test } from 'tap'
import type { BarPlot } from '../frame/bench.js'
import { hashReport } from './report.js'

const none = { cells: [], lanes: [], lanePictures: '', conditions: [] }

test('where the time goes: every step is something that the gate does, and they add up', t => {
  // The decoder asks for a cheaper raster than bare sharp makes.
  const times = { bareSharp: 10, decoder: 8, throughChild: 9, hashes: 0.3, trim: 0.1, blockhash: 0.1 }
  const { plots, tables } = hashReport({ ...none, stages: [{ megapixels: 2, times }] })
  const plot = plots.find((one): one is BarPlot => one.kind === 'bars' && one.stacked === true)
  const steps = plot?.series.map(({ values }) => values[0] ?? Number.NaN) ?? []
  t.ok(steps.length > 0 && steps.every(step => step >= 0), String(steps))
  t.ok(Math.abs(steps.reduce((sum, step) => sum + step, 0) - (times.throughChild + times.hashes)) < 1e-9)
  const table = tables.find(({ title }) => title.startsWith('Where the time goes'))
  t.ok(Math.abs(Number(table?.rows[0]?.[table.columns.indexOf('sum')]) - 9.3) < 1e-9, 'the sum beside them is that of the bar')
  t.end()
})

test('steps that were not measured are no table and no plot', t => {
  const { plots, tables } = hashReport({ ...none, stages: [] })
  t.notOk([...plots, ...tables].some(({ title }) => title.startsWith('Where the time goes')))
  t.end()
})
