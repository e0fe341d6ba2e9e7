import { test } from 'tap'
import { BenchUsageError } from '../frame/bench.js'
import { readRobustnessWishes } from './wishes.js'

test('a run takes its numbers from the flags, and the others from its size', async t => {
  t.match(readRobustnessWishes({ quick: true, options: { generated: '20', pictures: 'x' } }), {
    pictures: 'x', videos: undefined, withPictures: true, withVideos: true, numbers: { generated: 20, edited: 33 }, sideMaxPx: 800
  })
  t.match(readRobustnessWishes({ quick: false, options: {} }), { numbers: { edited: 1000 }, sideMaxPx: 1600 })
})

test('a run that would have no figures is refused', async t => {
  const wrong: Array<Record<string, string | boolean>> = [{ 'no-pictures': true, 'no-videos': true }, { edited: '0' }, { 'pictures-max': '0' }, { generated: 'x' }, { entries: '0' }, { films: '-1' }]
  for (const options of wrong) t.ok(t.throws(() => readRobustnessWishes({ quick: true, options }), /^--[^\n]+$/) instanceof BenchUsageError, JSON.stringify(options))
})
