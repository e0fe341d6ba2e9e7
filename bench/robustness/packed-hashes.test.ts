import { test } from 'tap'
import { hammingDistance } from '#keersluis/hash/bits.js'
import { PackedHashes } from './packed-hashes.js'
import { randomFrom } from './random.js'

test('the least distance is that of the closest pair', async t => {
  const random = randomFrom(1)
  const hashes = (count: number): Uint8Array[] => Array.from({ length: count }, () => Uint8Array.from({ length: 32 }, () => random() * 256))
  for (let round = 0; round < 20; round++) {
    const [some, others] = [hashes(3), hashes(5)]
    const least = Math.min(...some.flatMap(one => others.map(other => hammingDistance(one, other))))
    t.equal(new PackedHashes(some).leastDistance(new PackedHashes(others)), least)
  }
  t.equal(new PackedHashes([]).leastDistance(new PackedHashes(hashes(2))), 256)
})
