import { bytesToHex } from '../hash/bits.js'
import type { EntryWithItem, Store } from '../store/store.js'
import { onOneLine } from './item-texts.js'
import type { Lists } from './lists.js'

export const exportFormats = ['csv', 'jsonl'] as const
export type ExportFormat = typeof exportFormats[number]

/** The columns that an import reads again come first. */
const columns = ['algorithm', 'value', 'quality', 'stableBits', 'reference', 'category', 'variant', 'timeS', 'matchable', 'itemId'] as const

/**
 * All hashes of a list, as text in parts: CSV with a header, or a JSON object on each line. These are the values that the
 * gate never shows otherwise, so the export stands in the audit log before its first line.
 * @throws KeersluisError `unknownList`
 */
export async function exportList (listName: string, format: ExportFormat, { store, lists }: { store: Store, lists: Lists }, actor: string): Promise<AsyncIterable<string>> {
  const { listId } = lists.byName(listName)
  await store.appendAudit({ at: new Date(), actor, action: 'listExported', details: { listId } })
  return lines(store.exportEntries(listId), format)
}

async function * lines (pages: AsyncIterable<EntryWithItem[]>, format: ExportFormat): AsyncIterable<string> {
  if (format === 'csv') yield columns.join(',') + '\n'
  for await (const page of pages) {
    yield page.map(entry => {
      const row = { ...entry, value: bytesToHex(entry.value) }
      const cells = columns.map(column => [column, row[column]] as const)
      return (format === 'csv' ? cells.map(([, value]) => csvCell(value)).join(',') : JSON.stringify(Object.fromEntries(cells))) + '\n'
    }).join('')
  }
}

/** RFC 4180: quoted only where it must be; each row on one line, as an import reads it. */
function csvCell (value: string | number | boolean | undefined): string {
  const text = value === undefined ? '' : onOneLine(String(value))
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
