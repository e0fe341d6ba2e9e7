import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { test } from 'tap'

const program = fileURLToPath(new URL('./main.js', import.meta.url))

function bench (...args: string[]): Promise<{ code: number | null, stdout: string, stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [program, ...args], (_error, stdout, stderr) => { resolve({ code: child.exitCode, stdout, stderr }) })
  })
}

test('help goes to stdout', async t => {
  const { code, stdout, stderr } = await bench('--help')
  t.equal(code, 0)
  t.match(stdout, /hash: .+\n/)
  t.notMatch(stdout, 'cannot run', 'every bench loads')
  for (const line of stdout.split('\n').filter(text => text.startsWith('    --'))) t.match(line, /^ {4}--\S+( VALUE)? +[a-z-]+ .{3,}/, 'every flag says what it is')
  t.equal(stderr, '')
})

test('a wrong command line is one line on stderr and exit code 2', async t => {
  for (const args of [['bogus'], ['hash', '--bogus'], ['hash', '--out'], ['hash', '--megapixels', 'many', '--out', t.testdir()]]) {
    const { code, stdout, stderr } = await bench(...args)
    t.equal(code, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^bench: [^\n]+\n$/)
  }
})

test('flags of all benches are looked at before any work, and a report of another day stays', async t => {
  const folder = t.testdir({ 'report.html': 'of another day', empty: {} })
  const wrong: Array<[args: string[], message: RegExp]> = [
    [['hash', '--rounds', '2.5'], /--rounds cannot be '2\.5': it takes a whole number from 1 to 1,000/],
    [['hash', '--formats', 'gif', '--megapixels', '48'], /GIF is measured up to 12 megapixels/],
    [['index', '--queries', '200,300'], /--queries cannot be '200,300'/],
    [['http', '--entries', 'x'], /--entries cannot be 'x'/],
    [['http', '--workers', '0'], /--workers cannot be '0': it takes a whole number from 1 to 256/],
    [['robustness', '--generated', 'x'], /--generated cannot be 'x'/],
    [['robustness', '--no-pictures', '--no-videos'], /nothing to try/],
    [['robustness', '--pictures', join(folder, 'empty')], /--pictures cannot be/],
    [['robustness', '--ffmpeg', join(folder, 'empty')], /--ffmpeg cannot be/],
    // The last bench of them: the others must not run first.
    [['hash', 'index', 'http', 'robustness', '--films', '-1'], /argument is ambiguous/],
    [['hash', 'index', 'http', 'robustness', '--films=-1'], /--films cannot be '-1'/]
  ]
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await bench(...args, '--out', folder)
    t.equal(code, 2, args.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^bench: [^\n]+\n$/)
    t.match(stderr, message)
  }
  t.strictSame(readdirSync(folder), ['empty', 'report.html'])
  t.equal(readFileSync(join(folder, 'report.html'), 'utf8'), 'of another day')
})

test('a folder for the report that cannot be made is one line before any work', async t => {
  const folder = t.testdir({ file: 'no folder' })
  for (const out of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/bench-results']) {
    const { code, stdout, stderr } = await bench('robustness', '--quick', '--out', out)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, /^bench: --out cannot be '[^\n]+': it takes a folder that can be made and written to \(E[A-Z]+\)\.[^\n]+\n$/)
  }
})

test('pictures of which none can be matched are one line, too, and no report', async t => {
  const folder = t.testdir({})
  const out = join(folder, 'out')
  await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } }).png().toFile(join(folder, 'flat.png'))
  const { code, stderr } = await bench('robustness', '--quick', '--pictures', folder, '--generated', '0', '--no-videos', '--out', out)
  t.equal(code, 2)
  t.match(stderr, /^bench: --pictures cannot be '.*': no picture in it can be used; 1 left out: 1 too flat.*\(flat\.png\)/m)
  t.notOk(existsSync(join(out, 'report.html')))
})

test('what a decoder says of a broken file is no part of the report', async t => {
  const { code, stdout, stderr } = await bench('robustness', '--json', '--pictures', t.testdir({ 'short.heic': '....ftypheic' }))
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /Could not parse HEIF file.*\nbench: --pictures cannot be .* all files that were tried are damaged/s)
})
