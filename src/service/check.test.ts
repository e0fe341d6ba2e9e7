import { test } from 'tap'
import type { Lanes, Watcher } from '../pipeline/lanes.js'
import type { SpooledUpload } from '../pipeline/spooled-upload.js'
import type { Store } from '../store/store.js'
import { Checks, type CheckSettings } from './check.js'
import type { KeptChecks } from './kept-checks.js'
import type { Lists } from './lists.js'

const nothing: unknown = {}

test('who hangs up while another check hashes the same content does not wait for that', async t => {
  let begun = (): void => {}
  const leads = new Promise<void>(resolve => { begun = resolve })
  const examine = async (...[, , , , watcher]: Parameters<Lanes['examine']>): Promise<unknown> => {
    const answer = await (watcher satisfies Watcher).onDigests(new Uint8Array(32), [])
    begun()
    // A film that takes for ever, or what is known of the one who follows.
    return answer === 'continue' ? await new Promise(() => {}) : { hits: [], fingerprint: { complete: false } }
  }
  const lanes: unknown = { examine }
  const lists: unknown = { plan: () => ({}) }
  const checks = new Checks({ store: nothing as Store, lists: lists as Lists, lanes: lanes as Lanes, keptChecks: nothing as KeptChecks }, { limits: {} } as unknown as CheckSettings)
  let removed = 0
  const upload: unknown = { handOver: () => ({ path: '' }), remove: async () => { removed++ } }
  checks.check(upload as SpooledUpload, 'video', 'key').catch(t.fail)
  await leads
  const caller = new AbortController()
  const following = checks.check(upload as SpooledUpload, 'video', 'key', caller.signal)
  caller.abort()
  await t.rejects(following, { code: 'callerGone' })
  t.equal(removed, 1)
})
