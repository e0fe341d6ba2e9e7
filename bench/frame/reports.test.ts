import { test } from 'tap'
import { htmlReport } from './html-report.js'
import { escape, prose } from './html/escape.js'
import { markdownReport, markdownTable } from './markdown-report.js'
import { sampleRun } from './sample-run.test-support.js'

test('text cannot leave its place in HTML', t => {
  t.equal(escape('<b title="x">&\'</b>'), '&lt;b title=&quot;x&quot;&gt;&amp;&#39;&lt;/b&gt;')
  const html = htmlReport(sampleRun)
  t.notMatch(html, /<script/i)
  t.notMatch(html, /Sample <Processor>|says <so>|<lossy>/)
  t.match(html, '&lt;script&gt;alert(1)&lt;/script&gt;')
  t.end()
})

test('what is quoted in a sentence stands in the letters of code', t => {
  t.equal(prose('From `add` to `<b>`, and a lone `'), 'From <code>add</code> to <code>&lt;b&gt;</code>, and a lone `')
  const result = {
    title: 'Quoting', headline: '', conditions: ['`one`'], plots: [], targets: [{ what: '`two`', wanted: '', measured: '', reached: true }], tables: [{ title: '`three`', note: '`four`', columns: ['a'], rows: [[1]] }]
  }
  const html = htmlReport({ ...sampleRun, benches: [{ name: 'hash', elapsedS: 1, result }] })
  for (const quoted of ['one', 'two', 'three', 'four']) t.match(html, `<code>${quoted}</code>`)
  t.notMatch(html, '`')
  t.end()
})

test('the page needs nothing but itself', t => {
  t.notMatch(htmlReport(sampleRun), /(src|href)="(?!#)|url\((?!#)|@import/)
  t.end()
})

test('a busy machine stands in the head of both reports, a quiet one does not', t => {
  const busy = { ...sampleRun, machine: { ...sampleRun.machine, loadAtStart: 1.2 } }
  for (const report of [markdownReport, htmlReport]) {
    t.match(report(busy), /busy at the start \(load 1\.2 on 2 threads\): figures will be low/)
    t.notMatch(report({ ...busy, machine: { ...busy.machine, loadAtStart: 1 } }), 'busy')
  }
  t.end()
})

test('Markdown names machine, versions and command above the tables, and keeps columns apart', t => {
  const text = markdownReport(sampleRun)
  const firstTable = text.indexOf('|---|')
  for (const part of ['Sample <Processor>', 'Keersluis 0.1.0 (abc1234)', 'npm run bench -- hash index --quick']) {
    const at = text.indexOf(part)
    t.ok(at >= 0 && at < firstTable, part)
  }
  t.match(text, '| 0.71 at worst (PNG) | missed |')
  t.match(text, '| no jpeglib.h | cannot judge |')
  t.match(text, 'No figures: it is not there')
  t.equal(markdownTable({ title: 't', columns: ['a', 'b'], rows: [['x | y', 1]] }).split('\n').at(4), '| x \\| y | 1 |')
  t.end()
})
