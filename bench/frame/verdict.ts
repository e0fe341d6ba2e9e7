import type { Target } from './bench.js'
import { busyWarning } from './machine.js'
import { missingNames, type BenchRecord, type RunRecord } from './record.js'

/** What is worst comes first. */
export const targetStates = ['missed', 'cannot judge', 'reached'] as const
export type TargetState = typeof targetStates[number]

/** A target's state in words. */
export function targetState ({ reached }: Pick<Target, 'reached'>): TargetState {
  if (reached === undefined) return 'cannot judge'
  return reached ? 'reached' : 'missed'
}

export function countOf (targets: readonly Target[], state: TargetState): number {
  return targets.filter(target => targetState(target) === state).length
}

/** A run in one sentence, for who reads no other. */
export function verdictText ({ benches }: Pick<RunRecord, 'benches'>): string {
  const targets = targetsOf(benches)
  const failed = benches.filter(({ result }) => result === undefined).length
  const silent = failed === 0 ? '' : `; ${failed} of ${benches.length} benches gave no figures`
  return `${targetWords(targets)}${silent}.`
}

/** What a reader has to know before he trusts a figure. */
export function warningsOf (run: RunRecord): string[] {
  return [run.interrupted === true ? interruptedWords(run) : undefined, busyWarning(run.machine)].filter(warning => warning !== undefined)
}

export function interruptedWords (run: RunRecord): string {
  return `Interrupted: no figures of ${missingNames(run).join(', ')}.`
}

export function targetsOf (benches: readonly BenchRecord[]): Target[] {
  return benches.flatMap(({ result }) => result?.targets ?? [])
}

function targetWords (targets: readonly Target[]): string {
  const all = targets.length
  const [missed = 0, open = 0, reached = 0] = targetStates.map(state => countOf(targets, state))
  if (open === all) return all === 0 ? 'Nothing was held against a target' : `None of ${all} targets can be judged by this run`
  if (reached === all) return `Every target was reached: ${all} of ${all}`
  const parts = [`${reached} reached`, ...open === 0 ? [] : [`${open} cannot be judged by this run`]]
  return missed === 0 ? `No target was missed: of ${all}, ${parts.join(', ')}` : [`${missed} of ${all} targets missed`, ...parts].join(', ')
}

/** Targets under what they were measured on, in the order in which that first comes up. */
export function groupedTargets (targets: readonly Target[]): Array<{ group: string | undefined, targets: Target[] }> {
  const groups = [...new Set(targets.map(({ group }) => group))]
  return groups.map(group => ({ group, targets: targets.filter(target => target.group === group) }))
}
