import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { bytesToHex, hammingDistance, hexToBytes, popcount } from './bits.js'

const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 })

test('hex text and bytes are each other\'s way back', t => {
  fc.assert(fc.property(bytes, value => {
    const text = bytesToHex(value)
    t.same(hexToBytes(text), value)
    t.same(hexToBytes(text.toUpperCase()), value)
  }))
  t.end()
})

test('malformed hex is refused', t => {
  for (const text of ['', 'a', 'abc', 'zz', 'ab ', ' ab', '0xab', 'ab\n', 'aé']) {
    t.equal(hexToBytes(text), undefined, JSON.stringify(text))
  }
  t.end()
})

test('the Hamming distance is a metric and counts flipped bits', t => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(fc.property(hash, hash, hash, (a, b, c) => {
    t.equal(hammingDistance(a, b), hammingDistance(b, a))
    t.equal(hammingDistance(a, a), 0)
    t.ok(hammingDistance(a, c) <= hammingDistance(a, b) + hammingDistance(b, c))
    t.equal(hammingDistance(a, b), popcount(a.map((byte, i) => byte ^ (b[i] ?? 0))))
  }))
  fc.assert(fc.property(hash, fc.uniqueArray(fc.nat(255), { maxLength: 40 }), (a, flips) => {
    const b = a.slice()
    for (const bit of flips) b[bit >> 3] = (b[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    t.equal(hammingDistance(a, b), flips.length)
  }))
  t.end()
})

test('hashes of different lengths have no distance', t => {
  t.throws(() => hammingDistance(new Uint8Array(32), new Uint8Array(16)), KeersluisError)
  t.end()
})
