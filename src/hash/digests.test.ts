import fc from 'fast-check'
import { test } from 'tap'
import { bytesToHex } from './bits.js'
import { DigestHasher } from './digests.js'

test('the digests of "abc" are those of RFC 1321 and FIPS 180', t => {
  const hasher = new DigestHasher()
  hasher.update(Buffer.from('abc'))
  const { md5, sha1, sha256 } = hasher.digests()
  t.equal(bytesToHex(md5), '900150983cd24fb0d6963f7d28e17f72')
  t.equal(bytesToHex(sha1), 'a9993e364706816aba3e25717850c26c9cd0d89d')
  t.equal(bytesToHex(sha256), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  t.end()
})

test('how the bytes are cut into chunks makes no difference', t => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(500), (bytes, cut) => {
    const whole = new DigestHasher()
    whole.update(bytes)
    const parts = new DigestHasher()
    parts.update(bytes.subarray(0, cut))
    parts.update(bytes.subarray(cut))
    t.same(parts.digests(), whole.digests())
  }))
  t.end()
})
