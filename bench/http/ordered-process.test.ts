import { test } from 'tap'
import { OrderedProcess } from './ordered-process.js'
import { Sender } from './sender.js'

test('a sender starts, and is gone when it is told to stop', async t => {
  const sender = await Sender.start()
  await sender.stop()
  await sender.stop()
  t.pass('twice is fine')
})

test('a process that ends before it is ready, or over an order, is an error', async t => {
  await t.rejects(OrderedProcess.start('bare-process', ['no-such-snapshot']), /bare-process ended early/)
  const sender = await OrderedProcess.start<object, never>('sender-process', [])
  await t.rejects(sender.give({ kind: 'closedLoop', load: {} }), /sender-process ended early/)
})
