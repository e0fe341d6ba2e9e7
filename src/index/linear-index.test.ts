import { test } from 'tap'
import { hashIndexContract } from './hash-index-contract.test-support.js'
import { LinearIndex } from './linear-index.js'

test('the plain index keeps the contract', async (t) => {
  await hashIndexContract(t, () => new LinearIndex(4))
})
