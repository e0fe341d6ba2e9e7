import type { CheckAnswer } from '#keersluis/service/check-answer.js'

/** What became of an edited copy of one known item. `undecided`: the gate could not know, and held it for that. */
const outcomes = ['block', 'hold', 'undecided', 'miss'] as const
export type Outcome = typeof outcomes[number]

/** Judged by the match with its own item alone: a match with another one is no success. */
export function outcomeFor (answer: CheckAnswer, itemId: number): Outcome {
  const match = answer.matches.find(one => one.hit.itemId === itemId)
  if (match !== undefined && match.enforced && match.verdict !== 'allow') return match.verdict
  return answer.verdict !== 'allow' && answer.matches.length === 0 ? 'undecided' : 'miss'
}

/** The worst that an upload met among items that it has nothing to do with. */
export function strangersOf (answer: CheckAnswer, itemId: number | undefined): { blocked: number, held: number } {
  const others = answer.matches.filter(match => match.hit.itemId !== itemId && match.enforced)
  return {
    blocked: others.filter(match => match.verdict === 'block').length,
    held: others.filter(match => match.verdict === 'hold').length
  }
}

export class Tally {
  readonly #counts: Record<Outcome, number> = { block: 0, hold: 0, undecided: 0, miss: 0 }

  static sum (tallies: readonly Tally[]): Tally {
    const sum = new Tally()
    for (const tally of tallies) for (const outcome of outcomes) sum.#counts[outcome] += tally.#counts[outcome]
    return sum
  }

  add (outcome: Outcome): void {
    this.#counts[outcome]++
  }

  get of (): number { return Object.values(this.#counts).reduce((sum, count) => sum + count, 0) }
  get blocked (): number { return this.#counts.block }
  get held (): number { return this.#counts.hold }
  get undecided (): number { return this.#counts.undecided }
  get missed (): number { return this.#counts.miss }
}
