import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { KeersluisError } from '../errors.js'
import { callerOf } from './caller.js'

const minuteMs = 60_000

/** Keys and addresses that are remembered at once; the longest unused is forgotten first. */
const rememberedMax = 10_000

/** Requests without a good key from one address (IPv6: from one /64) that are answered in a minute. */
export const failuresPerMinute = 60

/**
 * Counts for one minute at a time. What is over a limit is answered `rateLimited`, with the seconds until the minute
 * is over.
 */
export interface RateLimits {
  /** One check of the caller's key. */
  countCheck (request: FastifyRequest): Promise<void>
  /** So many hashes of the caller's key, all or none: a batch that does not fit is not counted. */
  countHashes (request: FastifyRequest, hashes: number): void
  /**
   * A request without a good key. Only such requests are refused: behind one proxy all clients have one address, and a
   * wrong key of one must not stop the checks of the others. A key is 256 random bits, so the brake spares log and
   * store; the key itself needs none.
   */
  countFailure (request: FastifyRequest): Promise<void>
}

type Limiter = ReturnType<FastifyInstance['createRateLimit']>
type Count = Exclude<Awaited<ReturnType<Limiter>>, { isAllowed: true }>

export async function openRateLimits (app: FastifyInstance): Promise<RateLimits> {
  await app.register(rateLimit, { global: false, timeWindow: minuteMs, cache: rememberedMax })
  const keyGenerator = (request: FastifyRequest): string => callerOf(request).keyId
  const failures = app.createRateLimit({ max: failuresPerMinute })
  const checks = app.createRateLimit({
    keyGenerator,
    allowList: request => callerOf(request).checksPerMinute === 0,
    max: request => callerOf(request).checksPerMinute
  })
  const hashes = new BatchCounts()
  return {
    countCheck: async request => { refuseOver(await checks(request), 'checks') },
    countFailure: async request => { refuseOver(await failures(request), 'requests without a good key') },
    countHashes: (request, count) => {
      const { keyId, hashesPerMinute: max } = callerOf(request)
      const ttlInSeconds = max === 0 ? 0 : hashes.add(keyId, count, max)
      if (ttlInSeconds > 0) throw over({ max, ttlInSeconds }, 'hashes')
    }
  }
}

/** Counts whole batches; the limiter counts one at a time, with a promise for each. */
class BatchCounts {
  readonly #minutes = new Map<string, { count: number, endsAt: number }>()

  /** @returns 0 where the batch fits into the key's minute, and is counted; else the seconds until that minute is over. */
  add (key: string, count: number, max: number): number {
    const now = performance.now()
    const known = this.#minutes.get(key)
    const minute = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + minuteMs }
    if (minute.count + count > max) return Math.ceil((minute.endsAt - now) / 1000)
    minute.count += count
    // Deleting and setting again keeps the map in order of last use.
    this.#minutes.delete(key)
    this.#minutes.set(key, minute)
    if (this.#minutes.size > rememberedMax) this.#minutes.delete(this.#minutes.keys().next().value ?? key)
    return 0
  }
}

function refuseOver (count: Count | { isAllowed: true }, what: string): void {
  if (!count.isAllowed && count.isExceeded) throw over(count, what)
}

function over (count: Pick<Count, 'max' | 'ttlInSeconds'>, what: string): KeersluisError {
  return new KeersluisError('rateLimited', `More than ${count.max} ${what} in a minute; try again after ${count.ttlInSeconds} seconds.`, { retryAfterS: count.ttlInSeconds })
}
