import { probeAbilities } from '../media/abilities.js'
import type { DecoderAbilities, DecoderOptions } from '../media/decoder.js'

/** How long an answer stands: probing starts a process. */
const freshMs = 60_000

/** What the decoders can do here, for the start, `/readyz` and whoever asks. */
export class Decoders {
  readonly #options: DecoderOptions
  #asked: { atMs: number, abilities: Promise<DecoderAbilities> } | undefined

  constructor (options: DecoderOptions) {
    this.#options = options
  }

  /** @throws Error where no decoder child answers: then nothing can be decoded */
  async abilities (): Promise<DecoderAbilities> {
    const now = performance.now()
    if (this.#asked === undefined || now - this.#asked.atMs > freshMs) this.#asked = { atMs: now, abilities: probeAbilities(this.#options) }
    const { abilities } = this.#asked
    abilities.catch(() => { this.#asked = undefined })
    return await abilities
  }
}
