import { test } from 'tap'
import { OrderedProcess } from './ordered-process.js'
import { Sender } from '../http/sender.js'

const program = (name: string): URL => new URL(`../http/${name}.js`, import.meta.url)

test('a sender starts, and is gone when it is told to stop', async t => {
  const sender = await Sender.start()
  await sender.stop()
  await sender.stop()
  t.pass('twice is fine')
})

test('a process that ends before it is ready, or over an order, is an error', async t => {
  await t.rejects(OrderedProcess.start(program('bare-process'), ['no-such-snapshot']), /bare-process ended early/)
  const sender = await OrderedProcess.start<object, never>(program('sender-process'), [])
  await t.rejects(sender.give({ kind: 'closedLoop', load: {} }), /sender-process ended early/)
})
