import { lacksEdge } from '../hash/crops.js'
import { isDigest, type Hit } from './hit.js'

/** An exclusion speaks only for pictures within so many bits of it. */
export const exclusionDistance = 10

/**
 * The near hits that an exclusion list silences: in the same picture, an exclusion entry within `exclusionDistance`
 * that is strictly closer than the known entry. Digest hits are never silenced.
 *
 * A part of the picture that lacks an edge is a witness of what it shows only. An exclusion that is near to such a part
 * silences hits of this part alone, or known material that differs from the exclusion along this edge would pass. An
 * exclusion that is near to all of the picture silences every hit of such a part: what is known is not what differs.
 */
export function excludedHits (hits: readonly Hit[]): Set<Hit> {
  const exclusions = hits.filter(hit => hit.list.kind === 'exclusion' && !isDigest(hit) && hit.distance <= exclusionDistance)
  const known = hits.filter(hit => hit.list.kind === 'known' && !isDigest(hit))
  return new Set(known.filter(hit => exclusions.some(exclusion => isSilencedBy(hit, exclusion))))
}

function isSilencedBy (hit: Hit, exclusion: Hit): boolean {
  if (hit.picture !== exclusion.picture) return false
  const [isPart, isExclusionOfPart] = [lacksEdge(hit.variant), lacksEdge(exclusion.variant)]
  if (isExclusionOfPart && hit.variant !== exclusion.variant) return false
  if (isPart && !isExclusionOfPart) return exclusion.algorithm === 'pdq'
  if (hit.algorithm === exclusion.algorithm) return exclusion.distance < hit.distance
  const pdqDistance = hit.algorithm === 'pdq' ? hit.distance : hit.pdqDistanceToItem
  return exclusion.algorithm === 'pdq' && pdqDistance !== undefined && exclusion.distance < pdqDistance
}
