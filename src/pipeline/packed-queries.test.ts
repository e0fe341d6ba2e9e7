import fc from 'fast-check'
import { test } from 'tap'
import { digestAlgorithms, perceptualAlgorithms, radiusMax, valueBytes } from '../index/hash-index.js'
import { packHits, packQueries, unpackHits, unpackQueries } from './packed-queries.js'

test('queries come out as they went in', async () => {
  const query = fc.constantFrom(...digestAlgorithms, ...perceptualAlgorithms).chain(algorithm => fc.record({
    algorithm: fc.constant(algorithm),
    value: fc.uint8Array({ minLength: valueBytes[algorithm], maxLength: valueBytes[algorithm] }),
    radius: fc.integer({ min: 0, max: radiusMax })
  }))
  const plain = (queries: ReturnType<typeof unpackQueries>): unknown => queries.map(({ algorithm, value, radius }) => [algorithm, [...value], radius])
  fc.assert(fc.property(fc.array(query, { maxLength: 20 }), queries => {
    const out = unpackQueries(structuredClone(packQueries(queries)))
    return JSON.stringify(plain(out)) === JSON.stringify(plain(queries))
  }))
})

test('hits come out as they went in', async () => {
  const hit = fc.record({ entryId: fc.integer({ min: 1, max: 2 ** 32 - 1 }), distance: fc.integer({ min: 0, max: radiusMax }) })
  fc.assert(fc.property(fc.array(fc.array(hit, { maxLength: 5 }), { maxLength: 20 }), found =>
    JSON.stringify(unpackHits(structuredClone(packHits(found)))) === JSON.stringify(found)))
})
