export interface Times {
  p50Us: number
  p99Us: number
  meanUs: number
  /** Over every run of every query, not the best of each: with all that the machine did meanwhile. */
  rawP99Us: number
  hits: number
}

export const nowUs = (): number => Number(process.hrtime.bigint()) / 1_000

export function percentile (sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median (values: readonly number[]): number {
  return percentile([...values].sort((a, b) => a - b), 0.5)
}

/** Times `search` over all queries: the best of several passes for each query, so that what else the machine did drops out. */
export function timeQueries<Q> (queries: readonly Q[], passes: number, search: (query: Q) => number): Times {
  const best = new Float64Array(queries.length).fill(Infinity)
  const all: number[] = []
  let hits = 0
  for (let pass = 0; pass < passes; pass++) {
    hits = 0
    queries.forEach((query, i) => {
      const start = nowUs()
      hits += search(query)
      const elapsed = nowUs() - start
      all.push(elapsed)
      best[i] = Math.min(best[i] ?? Infinity, elapsed)
    })
  }
  best.sort()
  all.sort((a, b) => a - b)
  return {
    p50Us: percentile(best, 0.5),
    p99Us: percentile(best, 0.99),
    meanUs: best.reduce((sum, time) => sum + time, 0) / best.length,
    rawP99Us: percentile(all, 0.99),
    hits
  }
}

const warmUpUs = 500_000

/** Runs `search` until the engine has compiled it for good; the times are only good for choosing how often to measure. */
export function warmUp<Q> (queries: readonly Q[], search: (query: Q) => number): Times {
  const end = nowUs() + warmUpUs
  let times = timeQueries(queries.slice(0, 100), 1, search)
  while (nowUs() < end) times = timeQueries(queries.slice(0, 100), 1, search)
  return times
}
