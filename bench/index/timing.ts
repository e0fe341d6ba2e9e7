import { percentile } from '../frame/percentiles.js'

export interface Times {
  p50Us: number
  p99Us: number
  meanUs: number
  /** Over every run of every query, not the best of each: with all that the machine did meanwhile. */
  rawP99Us: number
  hits: number
}

export const nowUs = (): number => Number(process.hrtime.bigint()) / 1_000

/** Times searches over all queries: the best of all passes for each query, so that what else the machine did drops out. */
export class QueryTimes<Q> {
  readonly #queries: readonly Q[]
  readonly #best: Float64Array
  readonly #all: number[] = []
  #hits = 0

  constructor (queries: readonly Q[]) {
    this.#queries = queries
    this.#best = new Float64Array(queries.length).fill(Infinity)
  }

  run (passes: number, search: (query: Q) => number): void {
    for (let pass = 0; pass < passes; pass++) {
      this.#hits = 0
      this.#queries.forEach((query, i) => {
        const start = nowUs()
        this.#hits += search(query)
        const elapsed = nowUs() - start
        this.#all.push(elapsed)
        this.#best[i] = Math.min(this.#best[i] ?? Infinity, elapsed)
      })
    }
  }

  times (): Times {
    const best = this.#best.toSorted()
    const all = this.#all.toSorted((a, b) => a - b)
    return {
      p50Us: percentile(best, 0.5),
      p99Us: percentile(best, 0.99),
      meanUs: best.reduce((sum, time) => sum + time, 0) / best.length,
      rawP99Us: percentile(all, 0.99),
      hits: this.#hits
    }
  }
}

export function timeQueries<Q> (queries: readonly Q[], passes: number, search: (query: Q) => number): Times {
  const times = new QueryTimes(queries)
  times.run(passes, search)
  return times.times()
}

const warmUpUs = 300_000

/** Runs `search` until the engine has compiled it for good; the times are only good for choosing how often to measure. */
export function warmUp<Q> (queries: readonly Q[], search: (query: Q) => number): Times {
  const end = nowUs() + warmUpUs
  let times = timeQueries(queries.slice(0, 100), 1, search)
  while (nowUs() < end) times = timeQueries(queries.slice(0, 100), 1, search)
  return times
}
