import type { BenchResult, Table, Target } from './bench.js'
import { cellText } from './cell.js'
import { busyWarning, machineText, versionsText } from './machine.js'
import { missingNames, type BenchRecord, type RunRecord } from './record.js'

/** All figures as Markdown, so that they can stand in a document as they were printed. */
export function markdownReport (run: RunRecord): string {
  const warning = busyWarning(run.machine)
  return [
    '# Keersluis bench', '',
    ...warning === undefined ? [] : [`**${warning}**`, ''],
    ...run.interrupted === true ? [`**${interruptedWords(run)}**`, ''] : [],
    `- machine: ${machineText(run.machine)}`,
    `- versions: ${versionsText(run.machine)}`,
    `- command: \`${run.command}\`, started ${run.startedAt}`, '',
    ...run.benches.map(benchSection)
  ].join('\n')
}

export function interruptedWords (run: RunRecord): string {
  return `Interrupted: no figures of ${missingNames(run).join(', ')}.`
}

function benchSection ({ name, elapsedS, result, failure }: BenchRecord): string {
  if (result === undefined) return `## ${name}\n\nNo figures: ${failure ?? 'it said nothing'}\n`
  return [
    `## ${result.title}`, '', result.headline, '',
    ...[...result.conditions, `took ${elapsedS.toFixed(0)} s`].map(condition => `- ${condition}`), '',
    ...targets(result), ...result.tables.map(markdownTable)
  ].join('\n')
}

function targets ({ targets }: BenchResult): string[] {
  if (targets.length === 0) return []
  const rows = targets.map(target => [target.what, target.wanted, target.measured, targetState(target)])
  return [markdownTable({ title: 'Targets', columns: ['target', 'wanted', 'measured', 'state'], rows })]
}

/** A target's state in words. */
export function targetState ({ reached }: Pick<Target, 'reached'>): 'reached' | 'missed' | 'cannot judge' {
  if (reached === undefined) return 'cannot judge'
  return reached ? 'reached' : 'missed'
}

export function markdownTable ({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [
    `### ${title}`, '', ...(note === undefined ? [] : [note, '']),
    line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(row => line(row.map(cellText))), ''
  ].join('\n')
}
