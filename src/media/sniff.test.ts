import { openSync, readdirSync, readSync, closeSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'tap'
import { fixture } from './decode.test-support.js'
import { headBytes, laneOf, sniff, sniffMedia } from './sniff.js'

function headOf (path: string): Uint8Array {
  const file = openSync(path, 'r')
  const head = Buffer.alloc(headBytes)
  const bytes = readSync(file, head, 0, headBytes, 0)
  closeSync(file)
  return head.subarray(0, bytes)
}

const formatOfExtension: Readonly<Record<string, string>> = {
  jpg: 'jpeg', tif: 'tiff', mkv: 'matroska', mpg: 'mpegps', ogv: 'ogg', wmv: 'asf', m4a: 'mp4'
}

test('fixtures by their content', async t => {
  for (const folder of ['photos', 'formats', 'videos']) {
    for (const name of readdirSync(fixture(folder))) {
      const extension = name.split('.').at(-1) ?? ''
      const { format, kind } = sniff(headOf(fixture(`${folder}/${name}`)))
      t.equal(format, formatOfExtension[extension] ?? extension, name)
      if (folder === 'photos') t.equal(kind, 'image', name)
      if (name.startsWith('unsupported')) t.equal(sniff(headOf(fixture(`${folder}/${name}`))).decodable, false, name)
    }
  }
})

const bytes = (hex: string, text = ''): Uint8Array => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(text, 'latin1')])

test('what no fixture shows', async t => {
  const packets = (size: number, before: number): Uint8Array => {
    const stream = Buffer.alloc(size * 8)
    for (let at = before; at < stream.length; at += size) stream[at] = 0x47
    return stream
  }
  const cases: Array<[Uint8Array, string, string]> = [
    [bytes('00000018', 'ftypheic\0\0\0\0mif1heic'), 'animation?', 'heic'],
    [bytes('00000018', 'ftypmif1\0\0\0\0mif1avif'), 'animation?', 'avif'],
    [bytes('00000018', 'ftypqt  \0\0\0\0qt  '), 'video', 'mov'],
    [bytes('00000018', 'ftypM4A \0\0\0\0M4A '), 'video', 'mp4'],
    [bytes('00000018', 'ftypcrx \0\0\0\0crx '), 'image', 'cr3'],
    [bytes('00000008', 'wide'), 'video', 'mov'],
    [packets(188, 0), 'video', 'mpegts'],
    [packets(192, 4), 'video', 'mpegts'],
    [packets(204, 0), 'video', 'mpegts'],
    [bytes('', '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image', 'svg'],
    [bytes('', '#EXTM3U\n#EXTINF:10,\nother.mp4\n'), 'other', 'unknown'],
    [bytes('', 'GIF of the day'), 'other', 'unknown'],
    [bytes('', 'BM is no picture'), 'other', 'unknown'],
    [bytes('424d00000000010000003600000028000000'), 'image', 'bmp'],
    [bytes('', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'), 'image', 'svg'],
    [Buffer.from('\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le'), 'image', 'svg'],
    [bytes('', '<svg>'.padEnd(257) + 'ustar'), 'image', 'svg'],
    [bytes('1a45dfa3', 'webm'.padEnd(253) + 'ustar'), 'video', 'webm'],
    [bytes('00000008', 'moov'.padEnd(253) + 'ustar'), 'video', 'mov'],
    [bytes('', 'drawing.svg'.padEnd(257, '\0') + 'ustar\0<svg>'), 'other', 'tar'],
    [bytes('504b0304'), 'other', 'zip'],
    [bytes(''), 'other', 'unknown']
  ]
  for (const [head, kind, format] of cases) t.match(sniff(head), { kind, format }, `${format} ${head.length}`)
  t.equal(sniff(bytes('0000001c', 'ftypavis\0\0\0\0avif')).sequence, true)
})

test('what an undecoded upload is called', async t => {
  t.same(sniffMedia(bytes('', 'GIF89a')), { kind: 'image', format: 'gif' })
  t.same(sniffMedia(bytes('1a45dfa3')), { kind: 'video', format: 'matroska' })
  t.same(sniffMedia(bytes('')), { kind: 'other', format: 'unknown' })
})

test('lanes', async t => {
  t.equal(laneOf(bytes('ffd8ffe0')), 'picture')
  t.equal(laneOf(bytes('504b0304')), 'picture')
  t.equal(laneOf(bytes('1a45dfa3')), 'video')
  t.equal(laneOf(bytes('', 'a text, or a film behind one')), 'video')
})

test('any bytes are sniffed without an error', async () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), head => sniff(head).format.length > 0))
})
