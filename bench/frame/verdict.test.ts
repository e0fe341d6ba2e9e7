import { test } from 'tap'
import { htmlReport } from './html-report.js'
import { markdownReport } from './markdown-report.js'
import type { BenchRecord } from './record.js'
import { sampleRun } from './sample-run.test-support.js'
import { verdictText } from './verdict.js'

function benchWith (...reached: Array<boolean | undefined>): BenchRecord {
  const targets = reached.map((one, i) => ({ what: `target ${i}`, wanted: 'all', measured: 'some', reached: one }))
  return { name: 'hash', elapsedS: 1, result: { title: 'Hashing', headline: '', conditions: [], tables: [], plots: [], targets } }
}

test('a run is judged in one sentence', t => {
  const failed: BenchRecord = { name: 'video', elapsedS: 0, failure: 'broken' }
  const sentences: Array<[BenchRecord[], string]> = [
    [[benchWith(true, true)], 'Every target was reached: 2 of 2.'],
    [[benchWith(true), benchWith(true, undefined)], 'No target was missed: of 3, 2 reached, 1 cannot be judged by this run.'],
    [[benchWith(false, true, undefined)], '1 of 3 targets missed, 1 reached, 1 cannot be judged by this run.'],
    [[benchWith(undefined, undefined)], 'None of 2 targets can be judged by this run.'],
    [[benchWith()], 'Nothing was held against a target.'],
    [[benchWith(true), failed], 'Every target was reached: 1 of 1; 1 of 2 benches gave no figures.']
  ]
  for (const [benches, sentence] of sentences) t.equal(verdictText({ benches }), sentence)
  t.end()
})

test('both reports begin with the verdict, and the page names what was missed and what failed', t => {
  const sentence = '1 of 4 targets missed, 2 reached, 1 cannot be judged by this run; 1 of 3 benches gave no figures.'
  t.ok(markdownReport(sampleRun).startsWith(`# Keersluis bench\n\n${sentence}\n`))
  const html = htmlReport(sampleRun)
  const verdict = html.slice(html.indexOf('<div class="verdict missed">'), html.indexOf('<dl class="facts">'))
  t.match(verdict, sentence)
  t.match(verdict, 'share of bare sharp, 2 MP: wanted at least 0.75, measured 0.71 at worst (PNG)')
  t.match(verdict, '<a href="#video">video</a>: no figures')
  for (const [reached, kind] of [[true, 'reached'], [undefined, 'open'], [false, 'missed']] as const) {
    t.match(htmlReport({ ...sampleRun, benches: [benchWith(true, reached)] }), `<div class="verdict ${kind}">`)
  }
  t.end()
})

test('what targets were measured on is said once above them', t => {
  const group = 'drawn pictures (they prove nothing)'
  const bench = benchWith(true, true)
  const targets = bench.result?.targets.map(target => ({ ...target, group })) ?? []
  const run = { ...sampleRun, benches: [{ ...bench, ...bench.result === undefined ? {} : { result: { ...bench.result, targets } } }] }
  t.equal(htmlReport(run).split(group).length, 2)
  t.equal(markdownReport(run).split(`Targets: ${group}`).length, 2)
  t.end()
})
