import type { FastifyRequest } from 'fastify'
import type { KeyRecord } from '../store/store.js'

/** Who sent a request, for as long as it lasts. */
export interface Caller extends Pick<KeyRecord, 'roles' | 'detail' | 'allowHashes' | 'checksPerMinute' | 'hashesPerMinute'> {
  keyId: string
}

/** Whoever reaches the 0600 socket in the data folder owns the data anyway. */
export const localCaller: Caller = {
  keyId: 'local', roles: ['provider', 'analyst', 'operator'], detail: 'full', allowHashes: true, checksPerMinute: 0, hashesPerMinute: 0
}

/** A program on the same machine that asks how the gate is, where there is no ops port. */
export const loopbackCaller: Caller = { ...localCaller, keyId: 'loopback', roles: ['operator'], detail: 'short', allowHashes: false }

/** The name under which a request carries its caller. */
export const callerDecorator = 'caller'

/** The caller that the guard let in. */
export function callerOf (request: Pick<FastifyRequest, 'getDecorator'>): Caller {
  return request.getDecorator<Caller>(callerDecorator)
}
