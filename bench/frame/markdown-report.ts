import type { BenchResult, Table } from './bench.js'
import { cellText } from './cell.js'
import { machineText, versionsText } from './machine.js'
import type { BenchRecord, RunRecord } from './record.js'
import { groupedTargets, targetState, verdictText, warningsOf } from './verdict.js'

/** All figures as Markdown, so that they can stand in a document as they were printed. */
export function markdownReport (run: RunRecord): string {
  return [
    '# Keersluis bench', '',
    verdictText(run), '',
    ...warningsOf(run).flatMap(warning => [`**${warning}**`, '']),
    `- machine: ${machineText(run.machine)}`,
    `- versions: ${versionsText(run.machine)}`,
    `- command: \`${run.command}\`, started ${run.startedAt}`, '',
    ...run.benches.map(benchSection)
  ].join('\n')
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
  return groupedTargets(targets).map(({ group, targets }) => markdownTable({
    title: group === undefined ? 'Targets' : `Targets: ${group}`,
    columns: ['target', 'wanted', 'measured', 'state'],
    rows: targets.map(target => [target.what, target.wanted, target.measured, targetState(target)])
  }))
}

export function markdownTable ({ title, note, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [
    `### ${title}`, '', ...(note === undefined ? [] : [note, '']),
    line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(row => line(row.map(cellText))), ''
  ].join('\n')
}
