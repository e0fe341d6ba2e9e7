import { test } from 'tap'
import { hLaneFlags, hLanes, laneBytes, lanesMax } from './kernel/layout.js'
import { readHeader } from './part.js'
import { RowBlock } from './row-block.js'
import { SearchLanes } from './search-lane.js'

test('each search has a lane of its own, and a lane that was given back is taken again', async (t) => {
  const { memory } = new RowBlock('pdq', 10).part
  const lanes = new SearchLanes(memory)
  const taken = Array.from({ length: lanesMax }, () => lanes.take())
  t.equal(new Set(taken).size, lanesMax)
  t.ok(taken.every((start) => start >= readHeader(memory, hLanes) && start + laneBytes <= memory.buffer.byteLength))
  lanes.give(taken[5] ?? 0)
  t.equal(lanes.take(), taken[5])
})

test('the lane of a thread that was ended in a search is taken over after a while', async (t) => {
  const { memory } = new RowBlock('pdq', 10).part
  const lanes = new SearchLanes(memory)
  const taken = Array.from({ length: lanesMax }, () => lanes.take())
  const flags = new Int32Array(memory.buffer, readHeader(memory, hLaneFlags), lanesMax)
  Atomics.sub(flags, 3, 100)
  t.equal(lanes.take(), taken[3])
})
