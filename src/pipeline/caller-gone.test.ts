import { test } from 'tap'
import { unlessGone } from './caller-gone.js'

test('waiting for the work of others', async t => {
  const never = new Promise<string>(() => {})
  t.equal(await unlessGone(Promise.resolve('done'), undefined), 'done')
  t.equal(await unlessGone(Promise.resolve('done'), new AbortController().signal), 'done')
  await t.rejects(unlessGone(Promise.reject(new Error('failed')), new AbortController().signal), { message: 'failed' })
  await t.rejects(unlessGone(never, AbortSignal.abort()), { code: 'callerGone' })
  const controller = new AbortController()
  const waiting = unlessGone(never, controller.signal)
  controller.abort()
  await t.rejects(waiting, { code: 'callerGone' })
})
