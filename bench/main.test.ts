import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
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

test('pictures of which none can be matched are one line, too, and no report', async t => {
  const folder = t.testdir({})
  const out = join(folder, 'out')
  await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } }).png().toFile(join(folder, 'flat.png'))
  const { code, stderr } = await bench('robustness', '--quick', '--pictures', folder, '--generated', '0', '--no-videos', '--out', out)
  t.equal(code, 2)
  t.match(stderr, /^bench: --pictures cannot be '.*': no picture in it can be used; 1 left out: 1 too flat.*\(flat\.png\)/m)
  t.notOk(existsSync(join(out, 'report.html')))
})
