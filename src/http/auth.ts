import type { FastifyRequest } from 'fastify'
import { KeersluisError } from '../errors.js'
import type { Accounts } from '../service/accounts.js'
import type { Role } from '../store/store.js'

/** Who sent a request, for as long as it lasts. */
export interface Caller {
  keyId: string
  roles: readonly Role[]
  detail: 'short' | 'full'
  allowHashes: boolean
}

/** Whoever reaches the 0600 socket in the data folder owns the data anyway. */
const localCaller: Caller = { keyId: 'local', roles: ['provider', 'analyst', 'operator'], detail: 'full', allowHashes: true }

export type Authenticate = (request: FastifyRequest, ...roles: Role[]) => Promise<Caller>

/**
 * A check of key and role for the routes: any one of `roles` is enough.
 * The promise rejects with `keyMissing`, `keyInvalid` or `roleMissing`.
 */
export function authenticator (accounts: Accounts, local: boolean): Authenticate {
  return async (request, ...roles) => {
    if (local) return localCaller
    const key = await accounts.authenticate(request.headers.authorization)
    if (!roles.some(role => key.roles.includes(role))) {
      throw new KeersluisError('roleMissing', `This call takes a key with the role ${roles.join(' or ')}.`)
    }
    return { keyId: key.id, roles: key.roles, detail: key.detail, allowHashes: key.allowHashes }
  }
}
