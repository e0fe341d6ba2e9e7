import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { KeersluisError } from '../errors.js'
import type { Accounts } from '../service/accounts.js'
import type { Role } from '../store/store.js'
import { callerDecorator, localCaller, loopbackCaller, type Caller } from './caller.js'
import type { RateLimits } from './rate-limits.js'

export type Authenticate = (request: FastifyRequest, ...roles: Role[]) => Promise<Caller>

/**
 * A check of key and role: any one of `roles` is enough. The promise rejects with `keyMissing`, `keyInvalid` or
 * `roleMissing`, and with `rateLimited` where the address failed too often.
 */
export function authenticator (accounts: Accounts, callers: 'withKeys' | 'trusted', limits: RateLimits): Authenticate {
  return async (request, ...roles) => {
    if (callers === 'trusted') return localCaller
    const { id, ...key } = await accounts.authenticate(request.headers.authorization).catch(async (error: unknown) => {
      await limits.countFailure(request)
      throw error
    })
    if (!roles.some(role => key.roles.includes(role))) {
      throw new KeersluisError('roleMissing', `This call takes a key with the role ${roles.join(' or ')}.`)
    }
    return { ...key, keyId: id }
  }
}

/**
 * The door of every call: who asks is known before a byte of the body is read. A route that names no roles in its
 * config is closed to everybody.
 */
export function guard (authenticate: Authenticate, limits: RateLimits, hasOpsPort: boolean): onRequestAsyncHookHandler {
  return async request => {
    const { roles = [], counted, openOnLoopback } = request.routeOptions.config
    const isOpen = openOnLoopback === true && !hasOpsPort && isFromThisMachine(request)
    request.setDecorator(callerDecorator, isOpen ? loopbackCaller : await authenticate(request, ...roles))
    if (counted === 'check') await limits.countCheck(request)
  }
}

/** A proxy on this machine speaks for others; it says so in a header, or passes their key on. */
function isFromThisMachine ({ headers, socket }: FastifyRequest): boolean {
  const isForwarded = ['authorization', 'forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(name => headers[name] !== undefined)
  return !isForwarded && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(socket.remoteAddress ?? '')
}
