import { symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import { test } from 'tap'
import { readFile } from 'node:fs/promises'
import { leftOutWords } from './picture-report.js'
import { tryPictures } from './picture-trials.js'
import { fixturePhotos, picturesIn } from './sources.js'
import { TrialGate } from './trial-gate.js'

const sideMax = 400

test('a file that is no picture is counted and named, and the others are tried', async t => {
  const photo = await readFile(path.join(fixturePhotos, 'alps-01.jpg'))
  const folder = t.testdir({ 'empty.png': '', 'folder.gif': {}, 'text.jpg': 'no picture' })
  writeFileSync(path.join(folder, 'good.jpg'), photo)
  writeFileSync(path.join(folder, 'cut.jpg'), photo.subarray(0, photo.length / 2))
  symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling.jpg'))
  symlinkSync(folder, path.join(folder, 'link-to-folder.jpg'))
  await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } }).png().toFile(path.join(folder, 'flat.png'))
  const gate = await TrialGate.open()
  t.teardown(async () => { await gate.close() })
  const trials = await tryPictures(gate, await picturesIn(folder, sideMax, 100), [], 1, () => {})
  t.equal(trials.sources, 1)
  t.strictSame(trials.unreadable, ['cut.jpg', 'dangling.jpg', 'empty.png', 'link-to-folder.jpg', 'text.jpg'])
  t.strictSame(trials.leftOut, ['flat.png'])
  t.match(leftOutWords(trials), /^6 left out: 1 too flat.*\(flat\.png\); 5 damaged or not a picture \(cut\.jpg, dangling\.jpg,/)
})

test('only the first names of many are shown', async t => {
  t.equal(leftOutWords({ leftOut: [], unreadable: [] }), '0 left out')
  t.match(leftOutWords({ leftOut: [], unreadable: ['a', 'b', 'c', 'd', 'e', 'f'] }), /\(a, b, c, d, e, \.\.\.\)$/)
})
