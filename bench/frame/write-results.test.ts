import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { makeResultsFolder, writeResults } from './write-results.js'
import { sampleRun } from './sample-run.test-support.js'

test('the folder is made with those above it, tried without a trace, and then filled', async t => {
  const folder = join(t.testdir({}), 'a', 'b')
  await makeResultsFolder(folder)
  t.strictSame(readdirSync(folder), [])
  t.equal(await writeResults(folder, sampleRun), join(folder, 'report.html'))
  t.strictSame(readdirSync(folder), ['hash.json', 'index.json', 'report.html', 'video.json'])
})
