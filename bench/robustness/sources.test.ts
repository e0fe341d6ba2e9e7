import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { test } from 'tap'
import { BenchUsageError } from '../frame/bench.js'
import { tryFilms } from './film-trials.js'
import { leftOutWords } from './picture-report.js'
import { pictureEdits } from './picture-edits.js'
import { tryPictures } from './picture-trials.js'
import { checkPictures, filmsIn, fixturePhotos, picturesIn } from './sources.js'
import { TrialGate } from './trial-gate.js'

const sideMax = 400
const fixtureFormats = path.join(fixturePhotos, '..', 'formats')

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

test('what is in the pictures is not read before they are tried', async t => {
  const folder = t.testdir({ 'late.jpg': 'no picture yet' })
  const sources = await picturesIn(folder, sideMax, 100)
  copyFileSync(path.join(fixturePhotos, 'alps-01.jpg'), path.join(folder, 'late.jpg'))
  t.ok(await sources[0]?.read())
})

test('a film that is none is left out and named', async t => {
  const folder = t.testdir({ 'empty.mp4': '', 'text.mp4': 'no film' })
  symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling.mp4'))
  const gate = await TrialGate.open()
  t.teardown(async () => { await gate.close() })
  const trials = await tryFilms(gate, 'ffmpeg', await filmsIn(folder, 5), '', [], () => {})
  t.match(trials, { sources: 0, leftOut: ['empty.mp4', 'text.mp4'] })
})

test('only the first names of many are shown', async t => {
  t.equal(leftOutWords({ leftOut: [], unreadable: [] }), '0 left out')
  t.match(leftOutWords({ leftOut: [], unreadable: ['a', 'b', 'c', 'd', 'e', 'f'] }), /\(a, b, c, d, e, \.\.\.\)$/)
})

test('a folder without a usable picture or film is one line that says what it takes', async t => {
  const wrong: Array<[folder: string, message: RegExp]> = [
    [path.join(t.testdirName, 'nowhere'), /^--pictures cannot be '.*nowhere': it takes a folder that can be read \(ENOENT\)\.$/],
    [t.testdir({ empty: {}, bad: { 'text.jpg': 'no picture', 'empty.png': '', 'short.heic': '....ftypheic' } }), /all files that were tried are damaged or no pictures \(3\)/],
    [path.join(t.testdirName, 'empty'), /it takes a folder with pictures \(jpg, .*\), and it has none\.$/],
    [path.join(t.testdirName, 'bad', 'text.jpg'), /a folder that can be read \(ENOTDIR\)/]
  ]
  for (const [folder, message] of wrong) await t.rejects(checkPictures(folder, sideMax, 100), { constructor: BenchUsageError, message })
  await t.rejects(filmsIn(path.join(t.testdirName, 'nowhere'), 5), { constructor: BenchUsageError, message: /^--videos cannot be .*ENOENT/ })
  await t.rejects(filmsIn(path.join(t.testdirName, 'bad'), 5), { constructor: BenchUsageError, message: /with films \(mp4, .*and it has none/ })
})

test('a sample is spread over the names', async t => {
  const folder = t.testdir({})
  for (const name of ['a', 'b', 'c', 'd']) copyFileSync(path.join(fixturePhotos, 'alps-01.jpg'), path.join(folder, `${name}.jpg`))
  t.strictSame((await picturesIn(folder, sideMax, 2)).map(({ name }) => name), ['b.jpg', 'd.jpg'])
})

test('HEIC is tried as phones save it, turned as the file says', async t => {
  const folder = t.testdir({})
  for (const name of ['heic-single.heic', 'heic-grid-turned.heic']) copyFileSync(path.join(fixtureFormats, name), path.join(folder, name))
  const sources = await picturesIn(folder, sideMax, 100)
  for (const source of sources) t.match((await source.read())?.pixels, { width: sideMax, height: sideMax * 3 / 4 }, 'across, though one is stored upright')
  const gate = await TrialGate.open()
  t.teardown(async () => { await gate.close() })
  const trials = await tryPictures(gate, sources, pictureEdits.filter(({ name }) => name === 'JPEG 70'), 2, () => {})
  t.equal(trials.sources + trials.leftOut.length, 2)
  t.strictSame(trials.unreadable, [])
  t.match(trials.edits[0]?.tally, { blocked: trials.sources, missed: 0 }, 'copies meet what the gate made of the file itself')
})
