import { test } from 'tap'
import { hashIndexContract } from './hash-index-contract.test-support.js'
import { openHashIndex } from './open.js'

test('the index of the product keeps the contract', async (t) => {
  await hashIndexContract(t, () => openHashIndex())
})
