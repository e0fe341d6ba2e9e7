import { test } from 'tap'
import { auditHash, detailsText, firstPreviousHash } from './audit-chain.js'

test('the canonical text is the one that the docstring tells others to write', t => {
  const details = detailsText({ zebra: 1.5, ape: 'é"', 10: true, 9: false })
  t.equal(details, '{"10":true,"9":false,"ape":"é\\"","zebra":1.5}')
  // Computed with the line of Python in the docstring of auditHash.
  t.equal(auditHash({ seq: 7, at: '2026-03-01T12:00:00.000Z', actor: 'local', action: 'itemAdded', details, previousHash: firstPreviousHash }),
    '4e1c93af8d6bb62862572eef979a289befb5f9ff76dae36a38cd1f3285a43f9a')
  t.end()
})
