import type { Hit } from './hit.js'
import { uploadQualityMin } from './list-policy.js'

/** What one hit says before its list's action: `strong` can block, `weak` can hold. */
export type Strength = 'strong' | 'weak' | 'none'

/**
 * The strength of one hit by the numbers of its list (the table in docs/design/policy.md).
 * Video rules need several frames and stand in verdict.ts.
 */
export function strengthOf (hit: Hit): Strength {
  switch (hit.algorithm) {
    case 'pdq': return pdqStrength(hit)
    case 'blockhash': return blockhashStrength(hit)
    default: return 'strong'
  }
}

function pdqStrength (hit: Hit): Strength {
  const { policy } = hit.list
  if (isBelow(hit.quality, uploadQualityMin(policy)) || isBelow(hit.entryQuality, policy.pdqQualityMin)) return 'none'
  if (hit.distance <= policy.pdqBlockDistance) return 'strong'
  if (hit.distance <= policy.pdqHoldDistance && hit.orientation === 'upright') return 'weak'
  return 'none'
}

/** Blockhash never decides alone: its tail reaches down to its own radius (hashing.md, impostor pairs). */
function blockhashStrength (hit: Hit): Strength {
  const { policy } = hit.list
  if (isBelow(hit.stableBits, policy.stableBitsMin) || isBelow(hit.entryStableBits, policy.stableBitsMin)) return 'none'
  const unproven = hit.stableBits === undefined || hit.entryStableBits === undefined
  if (hit.distance > (unproven ? 0 : policy.blockhashHoldDistance)) return 'none'
  if (hit.pdqDistanceToItem === undefined) return policy.blockhashAlone === 'hold' ? 'weak' : 'none'
  if (hit.pdqDistanceToItem <= policy.pdqHoldDistance) return 'strong'
  if (hit.distance <= policy.blockhashBlockDistance && hit.pdqDistanceToItem <= policy.blockhashPdqDistance) return 'strong'
  return hit.pdqDistanceToItem <= policy.blockhashHoldPdqDistance ? 'weak' : 'none'
}

function isBelow (value: number | undefined, least: number): boolean {
  return value !== undefined && value < least
}
