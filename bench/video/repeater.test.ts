import { test } from 'tap'
import { Repeater, type Repeated } from './repeater.js'

/** Its rounds take what they are told to; the clock is moved by hand. */
class TimedSubject {
  nowMs = 0
  processorS = 0

  async repeatedBy (repeater: Repeater, roundMs: number, costs: readonly number[], weight = 1): Promise<Repeated> {
    let rounds = 0
    const round = async (): Promise<void> => {
      this.nowMs += roundMs
      this.processorS += costs[rounds++ % costs.length] ?? 0
    }
    return await repeater.repeat(weight, { round, processorS: () => this.processorS, settle: async () => {} })
  }
}

function repeaterFor (subject: TimedSubject, roundsMin: number, extraMsMax: number, weights: number): Repeater {
  return new Repeater({ roundsMin, extraMsMax, weights }, () => subject.nowMs)
}

test('a short film is checked until two seconds of processor time are measured', async t => {
  const subject = new TimedSubject()
  const { rounds, processorS } = await subject.repeatedBy(repeaterFor(subject, 1, 60_000, 1), 250, [0.25])
  t.equal(rounds, 8)
  t.equal(processorS, 0.25)
})

test('a long one gets its rounds and no more, and shows no spread where there is one part', async t => {
  const subject = new TimedSubject()
  t.strictSame(await subject.repeatedBy(repeaterFor(subject, 1, 60_000, 1), 5_000, [4]), { rounds: 1, processorS: 4, processorSLeast: Number.NaN, processorSMost: Number.NaN })
  t.equal((await subject.repeatedBy(repeaterFor(subject, 3, 60_000, 1), 5_000, [4])).rounds, 3)
})

test('the spread is that of parts, not of single rounds', async t => {
  const subject = new TimedSubject()
  // Parts of two rounds: 0.5 s, 0.5 s, 0.75 s and so on.
  t.match(await subject.repeatedBy(repeaterFor(subject, 1, 60_000, 1), 100, [0.25, 0.25, 0.25, 0.25, 0.25, 0.5]), { processorSLeast: 0.25, processorSMost: 0.375 })
})

test('all subjects together keep to the time, and what one leaves over goes to the next', async t => {
  const subject = new TimedSubject()
  const repeater = repeaterFor(subject, 1, 3_000, 3)
  t.equal((await subject.repeatedBy(repeater, 100, [1])).rounds, 2, 'had enough after 100 ms of its 1,000')
  t.equal((await subject.repeatedBy(repeater, 100, [0.01])).rounds, 1 + 14, 'half of the 2,900 that are left')
  t.equal((await subject.repeatedBy(repeater, 100, [0.01])).rounds, 1 + 15)
  t.equal((await subject.repeatedBy(repeater, 100, [0.01])).rounds, 1, 'nothing is left, but each gets its own rounds')
})

test('what matters more has a larger share', async t => {
  const subject = new TimedSubject()
  const repeater = repeaterFor(subject, 1, 4_000, 4)
  t.equal((await subject.repeatedBy(repeater, 100, [0.01])).rounds, 1 + 10)
  t.equal((await subject.repeatedBy(repeater, 100, [0.01], 3)).rounds, 1 + 30)
})

test('work that costs nothing ends, too', async t => {
  const subject = new TimedSubject()
  t.equal((await subject.repeatedBy(repeaterFor(subject, 1, 60_000, 1), 0, [0])).rounds, 100)
})
