import { test } from 'tap'
import { compileKernel, instantiateKernel } from './kernel-instance.js'
import { allocate } from './part.js'

test('XXH64 gives the published values', async (t) => {
  const memory = allocate(65_536)
  const kernel = instantiateKernel(compileKernel(), memory)
  const hashOf = (text: string): string => {
    new Uint8Array(memory.buffer).set(Buffer.from(text))
    return BigInt.asUintN(64, kernel.xxh64(0, text.length)).toString(16).padStart(16, '0')
  }
  t.equal(hashOf(''), 'ef46db3751d8e999')
  t.equal(hashOf('a'), 'd24ec4f1a98c6e5b')
  t.equal(hashOf('abc'), '44bc2cf5ad770999')
  t.equal(hashOf('Nobody inspects the spammish repetition'), 'fbcea83c8a378bf1')
})
