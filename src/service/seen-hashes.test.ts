import { test } from 'tap'
import { pdqOf } from './import-rig.test-support.js'
import { SeenHashes } from './seen-hashes.js'

test('each hash is claimed once, and keeps its entry while the table grows', async t => {
  const seen = new SeenHashes()
  for (let i = 0; i < 20_000; i++) {
    if (!seen.claim('pdq', pdqOf(i))) t.fail(`${i} was not claimed before`)
    seen.keep('pdq', pdqOf(i), i + 1)
  }
  for (let i = 0; i < 20_000; i++) {
    if (seen.claim('pdq', pdqOf(i)) || seen.entryId('pdq', pdqOf(i)) !== i + 1) t.fail(`${i} was claimed`)
  }
  t.equal(seen.entryId('pdq', pdqOf(20_000)), 0)
  t.ok(seen.claim('sha256', pdqOf(1)), 'another algorithm')
  t.equal(seen.entryId('pdq', pdqOf(1)), 2)
  t.ok(seen.claim('pdq', new Uint8Array(32)))
  t.notOk(seen.claim('pdq', new Uint8Array(32)), 'zeros are a hash like others')
})
