import type { Test } from 'tap'
import type { OpenStore } from './opened-store.test-support.js'
import { accessContract } from './store-contract-access.test-support.js'
import { itemContract } from './store-contract-items.test-support.js'
import { modelContract } from './store-contract-model.test-support.js'

/** What every `Store` must do. Each test opens a store of its own. */
export async function storeContract (t: Test, open: OpenStore): Promise<void> {
  for (const [shows, run] of Object.entries({ ...itemContract, ...accessContract, ...modelContract })) {
    await t.test(shows, t => run(t, open))
  }
}
