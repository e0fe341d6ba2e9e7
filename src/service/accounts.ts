import { createHash, randomBytes } from 'node:crypto'
import { KeersluisError } from '../errors.js'
import type { KeyRecord, NewKey, Role, Store } from '../store/store.js'

export interface KeyRequest {
  name: string
  roles: Role[]
  detail?: 'short' | 'full'
  allowHashes?: boolean
  /** 0 for no limit; by default the limits of the settings. */
  checksPerMinute?: number
  hashesPerMinute?: number
}

/** Who may do what. A key is 256 random bits; only its SHA-256 is stored, so looking one up takes the same time whatever its bytes. */
export class Accounts {
  readonly #store: Store
  readonly #limits: Pick<NewKey, 'checksPerMinute' | 'hashesPerMinute'>

  constructor (store: Store, limits: Pick<NewKey, 'checksPerMinute' | 'hashesPerMinute'>) {
    this.#store = store
    this.#limits = limits
  }

  /** The key itself is in this answer and nowhere else. */
  async create (request: KeyRequest, actor: string): Promise<{ id: string, key: string }> {
    const key = 'ks_' + randomBytes(32).toString('base64url')
    const record = await this.#store.createKey({
      keyHash: hashOf(key),
      name: request.name,
      roles: request.roles,
      detail: request.detail ?? 'short',
      allowHashes: request.allowHashes ?? false,
      checksPerMinute: request.checksPerMinute ?? this.#limits.checksPerMinute,
      hashesPerMinute: request.hashesPerMinute ?? this.#limits.hashesPerMinute
    }, { at: new Date(), actor, action: 'keyCreated' })
    return { id: record.id, key }
  }

  /** @throws KeersluisError `keyMissing`, `keyInvalid` */
  async authenticate (authorization: string | undefined): Promise<KeyRecord> {
    const key = /^Bearer (\S{1,200})$/i.exec(authorization ?? '')?.[1]
    if (key === undefined) throw new KeersluisError('keyMissing', 'Send your key as Authorization: Bearer KEY.')
    const record = await this.#store.keyByHash(hashOf(key))
    if (record === undefined) throw new KeersluisError('keyInvalid', 'The key is unknown or revoked.')
    return record
  }

  async list (): Promise<KeyRecord[]> {
    return await this.#store.keys()
  }

  /** @throws KeersluisError `unknownKey` */
  async revoke (id: string, actor: string): Promise<void> {
    const known = await this.#store.revokeKey(id, { at: new Date(), actor, action: 'keyRevoked' })
    if (!known) throw new KeersluisError('unknownKey', 'There is no key of this id; GET /v1/keys (keersluis keys list) shows all.')
  }
}

function hashOf (key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}
