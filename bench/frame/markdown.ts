import { cpus, release, totalmem } from 'node:os'

/** Rows of one table: the first row names the columns. */
export type TableRow = ReadonlyArray<string | number>

export interface Table {
  title: string
  rows: TableRow[]
}

function cell (value: string | number): string {
  if (typeof value === 'string') return value
  if (!Number.isFinite(value)) return '-'
  if (Number.isInteger(value) && Math.abs(value) >= 1_000) return value.toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** The table as Markdown, so that it can stand in a document as it was printed. */
export function markdown ({ title, rows }: Table): string {
  const lines = rows.map((row) => `| ${row.map(cell).join(' | ')} |`)
  const rule = `|${'---|'.repeat(rows[0]?.length ?? 0)}`
  return [`### ${title}`, '', lines[0] ?? '', rule, ...lines.slice(1), ''].join('\n')
}

/** What the figures were measured on. */
export function machine (notes: readonly string[]): string {
  const processors = cpus()
  return [
    `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    `Node ${process.version} (V8 ${process.versions.v8})`, ...notes
  ].join('; ')
}
