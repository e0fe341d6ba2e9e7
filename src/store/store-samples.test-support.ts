import { defaultListPolicy } from '../policy/list-policy.js'
import type { Algorithm } from '../index/hash-index.js'
import { valueBytes } from '../index/hash-index.js'
import type { AuditAction, Audited, KeptCheck, NewEntry, NewItem, NewKey, NewList } from './store.js'

/** Made-up rows for the tests of a store. */
export const day = new Date('2026-03-01T12:00:00.000Z')

export function by (action: AuditAction, details: Record<string, string | number | boolean> = {}): Audited {
  return { at: day, actor: 'local', action, details }
}

export function newList (name: string): NewList {
  return {
    name,
    kind: 'known',
    action: 'block',
    category: 'test',
    source: 'a hotline',
    legalGround: 'none, a test (2026-03-01)',
    policy: { ...defaultListPolicy }
  }
}

/** A value of the right length that is different for every `seed`. */
export function value (algorithm: Algorithm, seed: number): Uint8Array {
  const bytes = new Uint8Array(valueBytes[algorithm]).fill(seed & 0xff)
  new DataView(bytes.buffer).setUint32(0, seed)
  return bytes
}

export function entry (algorithm: Algorithm, seed: number, more: Partial<NewEntry> = {}): NewEntry {
  return { algorithm, value: value(algorithm, seed), variant: 'whole', matchable: true, ...more }
}

export function bareItem (seed: number): NewItem {
  return { kind: 'hashes', entries: [entry('pdq', seed)] }
}

/** An image item with every column filled. */
export function imageItem (seed: number): NewItem {
  return {
    kind: 'image',
    sha256: value('sha256', seed),
    reference: `reference ${seed}`,
    category: 'other',
    entries: [
      entry('md5', seed),
      entry('sha1', seed),
      entry('sha256', seed),
      entry('pdq', seed, { quality: 100, variant: 'whole' }),
      entry('pdq', seed + 1, { quality: 80, variant: 'crop01OnBlack', timeS: 1.125 }),
      entry('blockhash', seed, { stableBits: 250, variant: 'trimmed' }),
      entry('blockhash', seed + 1, { stableBits: 10, matchable: false })
    ]
  }
}

export function keptCheck (id: string, more: Partial<KeptCheck> = {}): KeptCheck {
  return {
    id,
    keyId: 'a key',
    createdAt: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-05-30T12:00:00.000Z',
    verdict: 'hold',
    undecided: false,
    answer: '{"verdict":"hold"}',
    fingerprint: '{}',
    ...more
  }
}

export function newKey (seed: number): NewKey {
  return {
    keyHash: value('sha256', seed),
    name: `key ${seed}`,
    roles: ['provider', 'analyst'],
    detail: 'full',
    allowHashes: true,
    checksPerMinute: 0,
    hashesPerMinute: 10_000
  }
}
