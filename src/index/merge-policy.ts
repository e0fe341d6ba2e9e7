/** A part as the policy sees it. */
export interface MergeCandidate {
  /** Live entries. */
  entries: number
  /** Entries that are unfindable but still take room. */
  buried: number
}

/**
 * A segment joins a merge when it is at most this many times as large as what is merged already: so segments grow in steps of
 * about this factor, there are only a few of them, and an entry is copied once for each step.
 */
const growthFactor = 8

/** A segment with a larger share of buried entries is rewritten. */
const buriedShareMax = 0.25

/** Below this many buried entries, a rewrite is not worth it. */
const buriedEntriesMin = 1_024

/** Each segment costs a search its probes; more than so many, as a bulk load leaves them, are merged. */
const segmentsMax = 8

/** Each saved snapshot leaves a block behind, and each block costs every search a little: beyond so many they are merged. */
const blocksMax = 8

export interface MergeLimits {
  /** Entries that wait outside the search tables before a merge is due. */
  pendingEntriesMax: number
  /** Rows of one segment at most. */
  rowsMax: number
}

function isWasteful ({ entries, buried }: MergeCandidate): boolean {
  return buried >= buriedEntriesMin && buried > buriedShareMax * (entries + buried)
}

function isDue (pending: readonly MergeCandidate[], { pendingEntriesMax }: MergeLimits): boolean {
  return entriesOf(pending) >= pendingEntriesMax || pending.length > blocksMax
}

function entriesOf (pending: readonly MergeCandidate[]): number {
  return pending.reduce((sum, block) => sum + block.entries + block.buried, 0)
}

/** The same while a bulk load lasts: its blocks become segments, and no segment is copied again and again while it grows. */
export function chooseWhileLoading (pending: readonly MergeCandidate[], { pendingEntriesMax }: MergeLimits): number[] | undefined {
  return entriesOf(pending) >= pendingEntriesMax ? [] : undefined
}

/**
 * Which segments to merge with the `pending` blocks (log-structured merge, O'Neil et al. 1996): their numbers in `segments`, or
 * undefined when there is nothing to do yet.
 */
export function chooseMerge (segments: readonly MergeCandidate[], pending: readonly MergeCandidate[], limits: MergeLimits): number[] | undefined {
  // Two segments that are half full at least do not become one.
  const joinable = segments.filter((segment) => 2 * segment.entries <= limits.rowsMax)
  const tooMany = joinable.length > segmentsMax
  if (!tooMany && !isDue(pending, limits) && !segments.some(isWasteful)) return undefined
  const bySize = segments.map((segment, i) => ({ ...segment, i })).sort((a, b) => a.entries - b.entries)
  let merged = Math.max(entriesOf(pending), tooMany ? bySize[1]?.entries ?? 0 : 0)
  const chosen: number[] = []
  for (const segment of bySize) {
    if (!isWasteful(segment) && segment.entries > growthFactor * merged) continue
    chosen.push(segment.i)
    merged += segment.entries
  }
  return chosen
}
