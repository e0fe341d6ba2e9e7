import { probeAbilities } from '../media/abilities.js'
import type { DecoderAbilities, DecoderOptions } from '../media/decoder.js'

/** How long an answer stands before a new one is asked for: probing starts a process, which a health probe shall not wait for. */
const freshMs = 60_000

/** What the decoders can do here, for the start, `/readyz` and whoever asks. */
export class Decoders {
  readonly #options: DecoderOptions
  #answer: { atMs: number, abilities: DecoderAbilities } | undefined
  #asking: Promise<DecoderAbilities> | undefined

  constructor (options: DecoderOptions) {
    this.#options = options
  }

  /** The last answer, while a new one is asked for where it is old. @throws Error where no decoder child answers: then nothing can be decoded */
  async abilities (): Promise<DecoderAbilities> {
    const answer = this.#answer
    if (answer !== undefined && performance.now() - answer.atMs < freshMs) return answer.abilities
    const asked = this.#ask()
    if (answer === undefined) return await asked
    // A failure shows in the next call: it leaves no answer.
    asked.catch(() => {})
    return answer.abilities
  }

  async #ask (): Promise<DecoderAbilities> {
    this.#asking ??= probeAbilities(this.#options).then(abilities => {
      this.#answer = { atMs: performance.now(), abilities }
      return abilities
    }, (error: unknown) => {
      this.#answer = undefined
      throw error
    }).finally(() => { this.#asking = undefined })
    return await this.#asking
  }
}
