import type { Cell, Table } from '../bench.js'
import { cellText } from '../cell.js'
import { escape } from './escape.js'

/**
 * A table that scrolls sideways by itself where it is wider than the page; its title stays.
 * @param id unique on the page
 * @param provenance markup below the title
 */
export function htmlTable ({ title, note, columns, rows }: Table, id: string, provenance = ''): string {
  const numeric = columns.map((_, column) => isNumeric(rows.map(row => row[column])))
  const heading = `<div class="heading"><h4 id="${id}">${escape(title)}</h4>${note === undefined ? '' : `<p>${escape(note)}</p>`}${provenance}</div>`
  const head = columns.map((column, i) => `<th scope="col"${numeric[i] === true ? ' class="n"' : ''}>${escape(column)}</th>`).join('')
  const body = rows.map(row => `<tr>${row.map((cell, i) => cellOf(cell, i, numeric[i] === true)).join('')}</tr>`).join('\n')
  return `<div class="table">${heading}<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table aria-labelledby="${id}">
<thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div></div>`
}

function cellOf (cell: Cell, column: number, isNumber: boolean): string {
  const content = escape(cellText(cell))
  if (column === 0) return `<th scope="row"${isNumber ? ' class="n"' : ''}>${content}</th>`
  return `<td${isNumber ? ' class="n"' : ''}>${content}</td>`
}

/** Numbers, and texts that begin as one, stand to the right under each other. */
function isNumeric (cells: ReadonlyArray<Cell | undefined>): boolean {
  const filled = cells.filter(cell => cell !== undefined && cell !== '' && cell !== '–')
  return filled.length > 0 && filled.every(cell => typeof cell === 'number' || /^[<>~]?-?\d[\d.,]*(\s?(%|x|ms|s|MB|µs|us))?$/.test(cell ?? ''))
}
