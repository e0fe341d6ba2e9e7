import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { valueBytes, type Algorithm } from '../index/hash-index.js'
import { importLines, type ImportedHash, type RefusedLine } from './import-lines.js'

const fixtures = new URL('../../fixtures/hashes/', import.meta.url)

async function * inPieces (bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

async function read (text: string | Uint8Array, pieceBytes = 1_000): Promise<{ lines: number, hashes: ImportedHash[], refused: RefusedLine[] }> {
  const all = { lines: 0, hashes: [] as ImportedHash[], refused: [] as RefusedLine[] }
  for await (const { lines, hashes, refused } of importLines(inPieces(Buffer.from(text), pieceBytes))) {
    all.lines += lines
    all.hashes.push(...hashes)
    all.refused.push(...refused)
  }
  return all
}

const hex = (hash: ImportedHash): string => Buffer.from(hash.value).toString('hex')
const md5 = '8b6ad6d89819adf12572db837659f28c'

test('the lists of the fixtures', async t => {
  const text = await read(await readFile(new URL('list.txt', fixtures)))
  t.ok(text.hashes.length > 2)
  t.strictSame(text.refused, [])
  const csv = await read(await readFile(new URL('list.csv', fixtures)))
  t.match(csv.hashes[0], { line: 2, algorithm: 'pdq', quality: 80, reference: 'sample 0' })
  t.match(csv.hashes[1], { line: 3, algorithm: 'md5', reference: 'sample, 1' })
  t.strictSame(csv.refused, [])
  t.strictSame(await read(await readFile(new URL('empty.txt', fixtures))), { lines: 0, hashes: [], refused: [] })
  await t.rejects(read(await readFile(new URL('no-header.csv', fixtures))), { code: 'invalidRequest' })
  t.strictSame((await read(await readFile(new URL('malformed.txt', fixtures)))).refused.slice(0, 2), [{ line: 2, code: 'malformedHash' }, { line: 3, code: 'malformedHash' }])
})

test('what is no hash is named by line and never stops the rest', async t => {
  const lines: Array<[string, RefusedLine['code'] | 'fine']> = [
    [`md5 ${md5}`, 'fine'], [`  md5\t${md5.toUpperCase()}  \r`, 'fine'], ['', 'fine'], ['# md5', 'fine'], ['md5', 'malformedLine'],
    [`md5 ${md5} more`, 'malformedLine'], [`crc ${md5}`, 'unknownAlgorithm'], [`toString ${md5}`, 'unknownAlgorithm'], [`md5 ${md5}0`, 'malformedHash'],
    [`md5 ${md5.slice(1)}g`, 'malformedHash'], [`sha1 ${md5}`, 'malformedHash'], ['x'.repeat(5_000), 'lineTooLong'],
    ['y'.repeat(200_000), 'lineTooLong'], [`md5 ${md5}`, 'fine'], ['z'.repeat(4_097), 'lineTooLong']
  ]
  for (const pieceBytes of [1, 7, 65_536, 1_000_000]) {
    const { hashes, refused, lines: count } = await read(lines.map(([line]) => line).join('\n'), pieceBytes)
    t.equal(count, lines.length)
    t.strictSame(refused, lines.flatMap(([, code], i) => code === 'fine' ? [] : [{ line: i + 1, code }]))
    t.strictSame(hashes.map(hash => hash.line), [1, 2, 14])
  }
})

test('a CSV row that is wrong is refused alone', async t => {
  const rows: Array<[string, RefusedLine['code'] | 'fine']> = [
    [`"never closed,${md5}`, 'malformedLine'], [`md5,${md5},,"a ""b"", c",d`, 'fine'], [`md5,${md5},101`, 'malformedNumber'], [`md5,${md5},-1`, 'malformedNumber'],
    [`md5,${md5},1e1`, 'malformedNumber'], [`md5,${md5},,,,,,,,`, 'malformedLine'], [`md5,${md5},5,${'r'.repeat(201)}`, 'textTooLong'], ['md5', 'malformedHash'],
    [`md5,${md5},5,${'\u{1F600}'.repeat(200)}`, 'fine'], [`md5,${md5},5,${'\u{1F600}'.repeat(201)}`, 'textTooLong'],
    [`md5,${md5},5,"a\rb"`, 'malformedText'], [`md5,${md5},5,,a\tb`, 'malformedText'], [`md5,${md5},5,,a\u0085b`, 'malformedText'],
    [`md5 , ${md5}`, 'fine'], [`MD5,${md5}`, 'unknownAlgorithm'], [`md5,${md5},,,,false`, 'notMatchable'], [`md5,${md5},,,,true`, 'fine']
  ]
  const { hashes, refused } = await read(`\uFEFFAlgorithm,VALUE,quality,reference,category,matchable\n${rows.map(([row]) => row).join('\r\n')}`)
  t.strictSame(refused, rows.flatMap(([, code], i) => code === 'fine' ? [] : [{ line: i + 2, code }]))
  t.match(hashes, [{ line: 3, reference: 'a "b", c', category: 'd' }, { line: 10 }, { line: 15 }, { line: 18 }])
})

const hash = fc.constantFrom(...Object.keys(valueBytes) as Algorithm[]).chain(algorithm =>
  fc.record({ algorithm: fc.constant(algorithm), value: fc.uint8Array({ minLength: valueBytes[algorithm], maxLength: valueBytes[algorithm] }) }))
const text = fc.string({ unit: 'grapheme', maxLength: 60 }).map(text => text.replaceAll(/[\r\n]/g, ' ').trim())
const row = fc.record({ hash, quality: fc.option(fc.nat(100)), stableBits: fc.option(fc.nat(256)), reference: text, quoted: fc.boolean() })
const quote = (cell: string, always: boolean): string => always || /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

test('every hash comes back as it was written, however the file is cut', async t => {
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 300 }), fc.boolean(), async (rows, pieceBytes, csv) => {
    const lines = rows.map(({ hash, quality, stableBits, reference, quoted }) => {
      const value = Buffer.from(hash.value).toString('hex')
      return csv ? `${hash.algorithm},${value},${quality ?? ''},${quote(reference, quoted)},${stableBits ?? ''}` : `${hash.algorithm} ${value}`
    })
    const { hashes, refused } = await read([...csv ? ['algorithm,value,quality,reference,stableBits'] : [], ...lines].join('\n'), pieceBytes)
    const wanted = rows.map(({ hash, quality, stableBits, reference }, i) => csv
      ? [i + 2, hash.algorithm, Buffer.from(hash.value).toString('hex'), quality ?? undefined, stableBits ?? undefined, reference === '' ? undefined : reference]
      : [i + 1, hash.algorithm, Buffer.from(hash.value).toString('hex'), undefined, undefined, undefined])
    t.strictSame(refused, [])
    t.strictSame(hashes.map(one => [one.line, one.algorithm, hex(one), one.quality, one.stableBits, one.reference]), wanted)
  }), { numRuns: 60 })
})

test('no bytes make it fail in another way, and every line is counted', async t => {
  const junk = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: fc.constantFrom('m', 'd', '5', ' ', ',', '"', '#', '\n', '\r', 'a'), maxLength: 300 }).map(text => Buffer.from(text)))
  await fc.assert(fc.asyncProperty(junk, fc.integer({ min: 1, max: 50 }), async (bytes, pieceBytes) => {
    const whole = await read(bytes, 1_000).catch((error: unknown) => { t.match(error, { code: 'invalidRequest' }) })
    if (whole === undefined) return
    t.strictSame(await read(bytes, pieceBytes), whole)
    const text = bytes.toString() === '' ? '' : new TextDecoder().decode(bytes)
    t.equal(whole.lines, text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0))
  }), { numRuns: 150 })
})
