import { bytesToHex } from '../hash/bits.js'
import type { Fingerprint } from '../media/fingerprint.js'

/** Called once the leader knows its fingerprint, or that it has none to share. Later calls change nothing. */
export type Finish = (fingerprint: Fingerprint | undefined) => void

/** Fingerprints in the making, for uploads of the same content that arrive meanwhile. Nothing stays after the last of them. */
export class InFlight {
  readonly #made = new Map<string, Promise<Fingerprint | undefined>>()

  /** The complete fingerprint that another check is making of this content; it resolves to `undefined` where that check ends without one. */
  follow (sha256: Uint8Array): Promise<Fingerprint | undefined> | undefined {
    return this.#made.get(bytesToHex(sha256))
  }

  /** Lets others follow, unless somebody leads already. */
  lead (sha256: Uint8Array): Finish {
    const key = bytesToHex(sha256)
    if (this.#made.has(key)) return () => {}
    let resolve: Finish = () => {}
    this.#made.set(key, new Promise<Fingerprint | undefined>(_resolve => { resolve = _resolve }))
    return fingerprint => {
      this.#made.delete(key)
      resolve(fingerprint)
    }
  }
}
