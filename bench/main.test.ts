import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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
