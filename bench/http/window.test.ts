import { test } from 'tap'
import { Window } from './window.js'

const anyPid = process.pid

test('the first piece opens a window, and it closes after whole passes', async t => {
  const window = new Window(anyPid, { warmS: 0, windowS: 0, passPieces: 3 })
  for (const ms of [9, 2, 1]) window.note(ms, true)
  t.notOk(window.isClosed, 'two pieces are no pass')
  window.note(3, true)
  t.ok(window.isClosed)
  window.note(100, true)
  const { done, elapsedMs, failed } = window.stretch()
  t.match({ done, elapsedMs, failed }, { done: 3, elapsedMs: [1, 2, 3], failed: 0 }, 'neither the first nor what came after it counts')
})

test('a piece that failed is a piece of the pass', async t => {
  const window = new Window(anyPid, { warmS: 0, windowS: 0, passPieces: 2 })
  window.note(1, true)
  window.note(1, false)
  window.note(1, true)
  t.ok(window.isClosed)
  t.match(window.stretch(), { done: 1, failed: 1 })
})

test('a window stays open for its time, and through its warm-up nothing counts', async t => {
  const window = new Window(anyPid, { warmS: 0, windowS: 1_000, passPieces: 1 })
  for (let i = 0; i < 5; i++) window.note(1, true)
  t.notOk(window.isClosed)
  window.close()
  t.equal(window.stretch().done, 4)
  const cold = new Window(anyPid, { warmS: 1_000, windowS: 0, passPieces: 1 })
  for (let i = 0; i < 5; i++) cold.note(1, true)
  cold.close()
  t.throws(() => cold.stretch(), /Nothing was done/)
})
