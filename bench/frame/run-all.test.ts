import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { BenchUsageError, type BenchName } from './bench.js'
import { markdownReport } from './markdown-report.js'
import type { RunRecord } from './record.js'
import { runAll } from './run-all.js'
import { sampleRun } from './sample-run.test-support.js'
import { writeResults } from './write-results.js'

const { benches: _benches, ...head } = sampleRun
const result = { title: 'A bench', headline: 'It went well.', conditions: [], tables: [], plots: [], targets: [] }
const names: BenchName[] = ['hash', 'http', 'video']

/** Ends in the second bench, as somebody who presses Ctrl-C does. */
async function interruptedRun (folder: string, interruptedAt: BenchName): Promise<RunRecord> {
  const stop = new AbortController()
  return await runAll(names, head, async name => {
    if (name === interruptedAt) stop.abort()
    return stop.signal.aborted ? undefined : { name, elapsedS: 1, result }
  }, async run => { await writeResults(folder, run) }, stop.signal)
}

test('what is finished is on disk before the next bench starts', async t => {
  const folder = t.testdir({})
  const seen: string[][] = []
  await runAll(names, head, async name => {
    seen.push(readdirSync(folder))
    if (name === 'video') t.match(readFileSync(join(folder, 'report.html'), 'utf8'), /it had not run when this report was written/)
    return { name, elapsedS: 1, result }
  }, async run => { await writeResults(folder, run) }, new AbortController().signal)
  t.strictSame(seen, [[], ['hash.json', 'report.html'], ['hash.json', 'http.json', 'report.html']])
  t.notMatch(readFileSync(join(folder, 'report.html'), 'utf8'), 'it had not run')
})

test('an interrupted run keeps what was finished, and says what is missing', async t => {
  const folder = t.testdir({ 'video.json': 'of another day' })
  const run = await interruptedRun(folder, 'http')
  t.match(run, { interrupted: true, benches: [{ name: 'hash', result }, { name: 'http', missing: true }, { name: 'video', missing: true }] })
  t.strictSame(readdirSync(folder), ['hash.json', 'report.html', 'video.json'])
  t.equal(readFileSync(join(folder, 'video.json'), 'utf8'), 'of another day')
  t.match(readFileSync(join(folder, 'report.html'), 'utf8'), /role="note"[^>]*>Interrupted: no figures of http, video\.[^]*the run was interrupted before it had figures/)
  const text = markdownReport(run)
  t.match(text, '**Interrupted: no figures of http, video.**')
  t.match(text, 'It went well.')
})

test('a run that was interrupted in its first bench leaves the report of another day', async t => {
  const folder = t.testdir({ 'report.html': 'of another day' })
  t.match(await interruptedRun(folder, 'hash'), { interrupted: true })
  t.equal(readFileSync(join(folder, 'report.html'), 'utf8'), 'of another day')
})

test('a flag that only a later bench can reject costs no figures of the others', async t => {
  const folder = t.testdir({})
  const error = new BenchUsageError('--pictures cannot be that.')
  const running = runAll(names, head, async name => {
    if (name === 'http') throw error
    return { name, elapsedS: 1, result }
  }, async run => { await writeResults(folder, run) }, new AbortController().signal)
  await t.rejects(running, error)
  t.strictSame(readdirSync(folder), ['hash.json', 'report.html'])
})
