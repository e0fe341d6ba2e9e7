import type { Cell, Table } from '../bench.js'
import { cellText } from '../cell.js'
import { escape, prose } from './escape.js'

/** More columns than these go onto neither a page nor a sheet at the usual size. */
const columnsMax = 9
/** More rows than these would only move the trouble from one side of a table to the other. */
const turnedRowsMax = 8

/**
 * A table that scrolls sideways by itself where it is wider than the page; its title stays. One of many columns and few rows
 * lies on its side.
 * @param id unique on the page
 * @param provenance markup below the title
 */
export function htmlTable ({ title, note, columns, rows }: Table, id: string, provenance = ''): string {
  const heading = `<div class="heading"><h4 id="${id}">${prose(title)}</h4>${note === undefined ? '' : `<p>${prose(note)}</p>`}${provenance}</div>`
  const isTurned = columns.length > columnsMax && rows.length <= turnedRowsMax
  const shown = isTurned ? turned(columns, rows) : { columns, rows }
  const numeric = shown.columns.map((_, column) => isTurned ? column > 0 : isNumeric(shown.rows.map(row => row[column])))
  const head = shown.columns.map((column, i) => headOf(column, numeric[i] === true)).join('')
  const body = shown.rows.map(row => `<tr>${row.map((cell, i) => cellOf(cell, i, numeric[i] === true)).join('')}</tr>`).join('\n')
  const kind = isTurned ? ' class="turned"' : columns.length > columnsMax ? ` class="dense" style="--columns:${columns.length}"` : ''
  return `<div class="table">${heading}<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table${kind} aria-labelledby="${id}">
<thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div></div>`
}

function turned ([corner = '', ...names]: readonly string[], rows: Table['rows']): Pick<Table, 'columns' | 'rows'> {
  return {
    columns: [corner, ...rows.map(([first = '']) => cellText(first))],
    rows: names.map((name, i) => [name, ...rows.map(row => row[i + 1] ?? '')])
  }
}

function headOf (content: string, isNumber: boolean): string {
  if (content === '') return '<td></td>'
  return `<th scope="col"${isNumber ? ' class="n"' : ''}>${escape(content)}</th>`
}

function cellOf (cell: Cell, column: number, isNumber: boolean): string {
  const content = escape(cellText(cell))
  if (column === 0) return `<th scope="row"${isNumber ? ' class="n"' : ''}>${content}</th>`
  return `<td${isNumber ? ' class="n"' : ''}>${content}</td>`
}

const numberPattern = /^[<>~]?-?\d[\d.,]*(\s?(%|x|ms|s|MB|µs|us))?$/
/** 89.6 to 100.0 %, 800 of 800 */
const pairPattern = /^\d[\d.,]* (to|of) \d[\d.,]*( %)?$/

/** Numbers, and texts that are one or two of them, stand to the right under each other. */
function isNumeric (cells: ReadonlyArray<Cell | undefined>): boolean {
  const filled = cells.filter(cell => cell !== undefined && cell !== '' && cell !== '–')
  return filled.length > 0 && filled.every(cell => typeof cell === 'number' || numberPattern.test(cell ?? '') || pairPattern.test(cell ?? ''))
}
