import { test } from 'tap'
import { BitPermutation } from './bit-permutation.js'
import { compileKernel } from './kernel-instance.js'
import { bitDistance, randomValue, randomWords } from './test-data.test-support.js'

const permutation = new BitPermutation(compileKernel())
const bytesOf = (value: Uint8Array): Uint8Array => new Uint8Array(permutation.apply(value).slice().buffer)

test('each bit goes to a place of its own, and distances stay', async (t) => {
  const places = new Set<string>()
  for (let bit = 0; bit < 256; bit++) {
    const value = new Uint8Array(32)
    value[bit >>> 3] = 1 << (bit & 7)
    const moved = bytesOf(value)
    t.equal(bitDistance(moved, new Uint8Array(32)), 1)
    places.add(Buffer.from(moved).toString('hex'))
  }
  t.equal(places.size, 256)
  const random = randomWords(1)
  for (let i = 0; i < 100; i++) {
    const [a, b] = [randomValue(random), randomValue(random)]
    t.equal(bitDistance(bytesOf(a), bytesOf(b)), bitDistance(a, b))
  }
})

test('the permutation is the one that snapshots were written with', async (t) => {
  const value = Uint8Array.from({ length: 32 }, (_, i) => i * 7 & 255)
  t.equal(Buffer.from(bytesOf(value)).toString('hex'), '0ee4a3018915a717c289176d85295878f6b87747d77d8fa1a80ba3dc038158e1')
})
