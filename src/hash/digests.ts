import { createHash } from 'node:crypto'

/** The digests of all bytes of an upload: 16, 20 and 32 bytes. */
export interface Digests {
  md5: Uint8Array
  sha1: Uint8Array
  sha256: Uint8Array
}

/**
 * All digests in one pass over the bytes. MD5 and SHA-1 are here because hash lists are exchanged in them;
 * nothing relies on their resistance to collisions.
 */
export class DigestHasher {
  readonly #md5 = createHash('md5')
  readonly #sha1 = createHash('sha1')
  readonly #sha256 = createHash('sha256')

  update (chunk: Uint8Array): void {
    this.#md5.update(chunk)
    this.#sha1.update(chunk)
    this.#sha256.update(chunk)
  }

  /** Ends the pass: a second call, or an `update` after it, throws. */
  digests (): Digests {
    return { md5: this.#md5.digest(), sha1: this.#sha1.digest(), sha256: this.#sha256.digest() }
  }
}
