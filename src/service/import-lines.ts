import { StringDecoder } from 'node:string_decoder'
import { parse } from 'csv-parse/sync'
import { KeersluisError } from '../errors.js'
import { valueBytes, type Algorithm } from '../index/hash-index.js'
import { textProblem } from './item-texts.js'

/** One hash of an import file. */
export interface ImportedHash {
  /** Counted from 1. */
  line: number
  algorithm: Algorithm
  value: Uint8Array
  quality?: number
  stableBits?: number
  reference?: string
  category?: string
}

/** Why a line is no hash. Every code stands in docs/reference/errors.md. */
export const lineProblems = ['lineTooLong', 'malformedLine', 'unknownAlgorithm', 'malformedHash', 'malformedNumber', 'textTooLong', 'malformedText', 'notMatchable'] as const
export type LineProblem = typeof lineProblems[number]

export interface RefusedLine {
  line: number
  code: LineProblem
}

/** The lines of one piece of a file. */
export interface ImportedLines {
  lines: number
  hashes: ImportedHash[]
  refused: RefusedLine[]
}

/** A row with all its columns is far shorter. */
const lineCharsMax = 4_096

/** Takes one line that is neither empty nor a comment. */
type LineParser = (text: string, line: number) => ImportedHash | LineProblem

/**
 * Reads a hash list: a text list, `algorithm hex` on each line, or a CSV whose first line names its columns: `algorithm` and
 * `value`, and if you like `quality`, `stableBits`, `reference`, `category` and, as in an export, `matchable`. Empty lines and lines that start with `#` are
 * left out. What is no hash is refused by line and never stops the rest. Holds one piece of the file at a time.
 * @throws KeersluisError `invalidRequest` for a CSV without a usable first line
 */
export async function * importLines (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ImportedLines> {
  const splitter = new LineSplitter()
  let parseLine: LineParser | undefined
  let line = 0
  for await (const texts of splitter.split(pieces)) {
    const found: ImportedLines = { lines: texts.length, hashes: [], refused: [] }
    for (const raw of texts) {
      line++
      const text = raw?.trim()
      if (text === undefined) {
        found.refused.push({ line, code: 'lineTooLong' })
      } else if (text !== '' && !text.startsWith('#')) {
        if (parseLine === undefined) {
          parseLine = text.includes(',') ? csvParser(text) : parseTextLine
          if (parseLine !== parseTextLine) continue
        }
        const parsed = parseLine(text, line)
        if (typeof parsed === 'string') found.refused.push({ line, code: parsed })
        else found.hashes.push(parsed)
      }
    }
    yield found
  }
}

/** Cuts pieces of a file into lines; a line that is too long becomes `undefined`, and is never held. */
class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #tooLong = false

  async * split (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Array<string | undefined>> {
    let first = true
    for await (const piece of pieces) {
      let text = this.#decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
      if (first && text !== '') {
        if (text.startsWith('\uFEFF')) text = text.slice(1)
        first = false
      }
      const lines = this.#linesOf(text)
      if (lines.length > 0) yield lines
    }
    this.#rest += this.#decoder.end()
    if (this.#rest !== '' || this.#tooLong) yield [this.#complete(this.#rest)]
  }

  #linesOf (text: string): Array<string | undefined> {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const complete = lines.map((line) => this.#complete(line))
    if (this.#rest.length > lineCharsMax) {
      this.#tooLong = true
      this.#rest = ''
    }
    return complete
  }

  #complete (line: string): string | undefined {
    const tooLong = this.#tooLong || line.length > lineCharsMax
    this.#tooLong = false
    return tooLong ? undefined : line
  }
}

function parseTextLine (text: string, line: number): ImportedHash | LineProblem {
  const [, algorithm, hex] = /^(\S+)\s+(\S+)$/.exec(text) ?? []
  return algorithm === undefined || hex === undefined ? 'malformedLine' : hashOf(line, algorithm, hex)
}

function hashOf (line: number, algorithm: string, hex: string): ImportedHash | LineProblem {
  if (!isAlgorithm(algorithm)) return 'unknownAlgorithm'
  // Node stops at the first character that is no hex digit, so the length tells.
  const value = Buffer.from(hex, 'hex')
  if (value.length !== valueBytes[algorithm] || hex.length !== 2 * value.length) return 'malformedHash'
  return { line, algorithm, value }
}

function isAlgorithm (name: string): name is Algorithm {
  return Object.hasOwn(valueBytes, name)
}

/** Names of columns are taken in any case. */
const csvColumns = ['algorithm', 'value', 'quality', 'stablebits', 'reference', 'category', 'matchable'] as const
type CsvColumn = typeof csvColumns[number]

function csvParser (header: string): LineParser {
  const names = cellsOf(header)?.map((name) => name.toLowerCase()) ?? []
  const places = new Map(csvColumns.map((column) => [column, names.indexOf(column)]))
  if (places.get('algorithm') === -1 || places.get('value') === -1) {
    throw new KeersluisError('invalidRequest', 'The first line of a CSV list names its columns; algorithm and value must be among them.')
  }
  return (text, line) => {
    const cells = cellsOf(text)
    if (cells === undefined || cells.length > names.length) return 'malformedLine'
    const cell = (column: CsvColumn): string => cells[places.get(column) ?? -1] ?? ''
    const hash = hashOf(line, cell('algorithm'), cell('value'))
    if (typeof hash === 'string') return hash
    return cell('matchable') === 'false' ? 'notMatchable' : withNotes(hash, cell)
  }
}

/**
 * The cells of one row, without the blanks around them; undefined where its quotes do not close. A row is one line: that gives every problem its
 * line, and measured it is ten times as fast as to stream the file through csv-parse, which loses the rest of a file after a
 * quote that never closes.
 */
function cellsOf (row: string): string[] | undefined {
  if (!row.includes('"')) return row.split(',').map((cell) => cell.trim())
  try {
    return parse(row, { trim: true })[0]
  } catch {
    return undefined
  }
}

function withNotes (hash: ImportedHash, cell: (column: CsvColumn) => string): ImportedHash | LineProblem {
  const quality = wholeNumber(cell('quality'), 100)
  const stableBits = wholeNumber(cell('stablebits'), 256)
  if (Number.isNaN(quality) || Number.isNaN(stableBits)) return 'malformedNumber'
  const [reference, category] = [cell('reference'), cell('category')]
  const problem = textProblem(reference) ?? textProblem(category)
  if (problem !== undefined) return problem
  if (quality !== undefined) hash.quality = quality
  if (stableBits !== undefined) hash.stableBits = stableBits
  if (reference !== '') hash.reference = reference
  if (category !== '') hash.category = category
  return hash
}

/** Undefined where nothing is said, NaN where it is no number from 0 to `max`. */
function wholeNumber (text: string, max: number): number | undefined {
  if (text === '') return undefined
  return /^\d{1,3}$/.test(text) && Number(text) <= max ? Number(text) : Number.NaN
}
