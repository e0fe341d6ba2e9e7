export interface Repetition {
  /** Rounds that each subject gets whatever they cost. */
  roundsMin: number
  /** Time for all rounds beyond those, of all subjects together. */
  extraMsMax: number
  /** The weights of all subjects: each has its share of that time by its own. */
  weights: number
}

/** What is measured. */
export interface Subject {
  round: () => Promise<void>
  /** What it has used until now. */
  processorS: () => number
  /** Waits until the work of all rounds is over in it, too. */
  settle: () => Promise<void>
}

/** What the rounds of one subject took. */
export interface Repeated {
  rounds: number
  /** Of one round, over all of them. */
  processorS: number
  /** The same of the cheapest and of the dearest part; not a number where there were no two parts. */
  processorSLeast: number
  processorSMost: number
}

/** Processor time is counted in hundredths of a second: over this much of it, they no longer matter. */
export const processorSWanted = 2
/** Rounds are put together into parts of this much, so that a spread is none of the counting. */
export const partProcessorS = 0.4
const roundsMax = 100

/** Repeats what is too short for one figure; time that one subject leaves over goes to those after it. */
export class Repeater {
  readonly #roundsMin: number
  readonly #clock: () => number
  #extraMs: number
  #weights: number

  constructor ({ roundsMin, extraMsMax, weights }: Repetition, clock = () => performance.now()) {
    this.#roundsMin = roundsMin
    this.#extraMs = extraMsMax
    this.#weights = weights
    this.#clock = clock
  }

  async repeat (weight: number, { round, processorS, settle }: Subject): Promise<Repeated> {
    const shareMs = this.#extraMs * Math.min(1, weight / this.#weights)
    const from = processorS()
    let now = from
    const parts: number[] = []
    let part = { from, rounds: 0 }
    let extraMs = 0
    let rounds = 0
    let roundMs = 0
    while (rounds < this.#roundsMin || (rounds < roundsMax && now - from < processorSWanted && extraMs + roundMs <= shareMs)) {
      const startedAt = this.#clock()
      await round()
      roundMs = this.#clock() - startedAt
      if (++rounds > this.#roundsMin) extraMs += roundMs
      part.rounds++
      now = processorS()
      if (now - part.from < partProcessorS) continue
      parts.push((now - part.from) / part.rounds)
      part = { from: now, rounds: 0 }
    }
    this.#extraMs -= extraMs
    this.#weights -= weight
    await settle()
    const hasSpread = parts.length > 1
    return {
      rounds,
      processorS: (processorS() - from) / rounds,
      processorSLeast: hasSpread ? Math.min(...parts) : Number.NaN,
      processorSMost: hasSpread ? Math.max(...parts) : Number.NaN
    }
  }
}
