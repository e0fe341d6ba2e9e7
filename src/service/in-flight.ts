import { bytesToHex } from '../hash/bits.js'
import type { Fingerprint } from '../media/fingerprint.js'

/** What comes of another check's work: a fingerprint, none to share, or none yet since its caller left. */
export type Made = Fingerprint | 'left' | undefined

/** Called once the leader knows what came of its work. Later calls change nothing. */
export type Finish = (made: Made) => void

/** Fingerprints in the making, for uploads of the same content that arrive meanwhile. Nothing stays after the last of them. */
export class InFlight {
  readonly #made = new Map<string, Promise<Made>>()

  /** The complete fingerprint that another check is making of this content, or why it makes none. */
  follow (sha256: Uint8Array): Promise<Made> | undefined {
    return this.#made.get(bytesToHex(sha256))
  }

  /** Lets others follow, unless somebody leads already. */
  lead (sha256: Uint8Array): Finish {
    const key = bytesToHex(sha256)
    if (this.#made.has(key)) return () => {}
    let resolve: Finish = () => {}
    this.#made.set(key, new Promise<Made>(_resolve => { resolve = _resolve }))
    return made => {
      this.#made.delete(key)
      resolve(made)
    }
  }
}
