import { randomUUID } from 'node:crypto'
import { bytesToHex } from '../hash/bits.js'
import type { Fingerprint } from '../media/fingerprint.js'
import type { Decision, Match, Reason, Verdict } from '../policy/verdict.js'

export interface CheckAnswer {
  id: string
  verdict: Verdict
  reasons: Reason[]
  matches: Match[]
  /** False where a match ended the check before everything was compared. */
  complete: boolean
  checkedBy: string[]
  media: Fingerprint['media']
  sha256: string
  listVersion: number
  elapsedMs: number
}

/** A decision as what is answered and kept. */
export function asAnswer (decision: Decision, fingerprint: Fingerprint, listVersion: number, elapsedMs: number): CheckAnswer {
  const looked = fingerprint.pictures.length > 0 ? ['pdq', 'blockhash'] : []
  return {
    id: randomUUID(),
    verdict: decision.verdict,
    reasons: decision.reasons,
    matches: decision.matches,
    complete: fingerprint.complete,
    checkedBy: ['md5', 'sha1', 'sha256', ...looked],
    media: { ...fingerprint.media },
    sha256: bytesToHex(fingerprint.digests.sha256),
    listVersion,
    elapsedMs: Math.round(elapsedMs * 10) / 10
  }
}

/** Matches shown in one answer. */
const matchesShownMax = 100

/** An answer as JSON, without what the key may not see. */
export function showAnswer (answer: CheckAnswer, detail: 'short' | 'full'): Record<string, unknown> {
  return { ...answer, matches: answer.matches.slice(0, matchesShownMax).map(match => showMatch(match, detail)) }
}

export function showMatch (match: Match, detail: 'short' | 'full'): Record<string, unknown> {
  const { hit } = match
  const short = {
    list: hit.list.name,
    category: hit.category,
    ...(hit.reference === undefined ? {} : { reference: hit.reference }),
    kind: match.reason === 'exactMatch' ? 'exact' : 'near',
    enforced: match.enforced,
    ...(match.excluded ? { excluded: true } : {})
  }
  if (detail === 'short') return short
  const { itemId, entryId, algorithm, distance, orientation, variant, timeS } = hit
  return { ...short, itemId, entryId, algorithm, distance, ...(orientation === undefined ? {} : { orientation }), ...(variant === undefined ? {} : { variant }), ...(timeS === undefined ? {} : { timeS }) }
}
