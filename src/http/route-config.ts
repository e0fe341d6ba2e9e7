import type { TSchema } from 'typebox'
import type { ErrorCode } from '../errors.js'
import type { Role } from '../store/store.js'

/** What a route says of itself beside its request schemas: the guard and the API description read the same words. */
export interface RouteConfig {
  /** Any one of them is enough. */
  roles?: readonly Role[]
  /** Open to programs on the same machine that send no key and come through no proxy, where there is no ops port. */
  openOnLoopback?: boolean
  /** What the rate limits count. */
  counted?: 'check'
  /** The body of each status that is no error. Described and tested, not filtered: see app.ts. */
  answers?: Readonly<Record<number, TSchema>>
  /** Error codes beyond those that every call has. */
  codes?: readonly ErrorCode[]
  /** The body by content type, for routes that read it as a stream. */
  bodies?: Readonly<Record<string, TSchema>>
}

declare module 'fastify' {
  interface FastifyContextConfig extends RouteConfig {}
}
