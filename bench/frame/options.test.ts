import { test } from 'tap'
import { benchNames, BenchUsageError, type Bench } from './bench.js'
import type { LoadedBench } from './load.js'
import { helpText, readWishes } from './options.js'

const sample = (name: Bench['name'], options: Bench['options']): LoadedBench =>
  ({ name, bench: { name, summary: `about ${name}`, options, check: () => {}, run: async () => { throw new Error('not run here') } } })

const loaded: LoadedBench[] = [
  sample('hash', { rounds: { type: 'string', default: '5', about: 'how often' } }), sample('http', { workers: { type: 'string', about: 'threads' }, huge: { type: 'boolean', about: 'a larger one, too' } }), { name: 'video', problem: 'it is not there' }
]

test('without a name all benches run, quick', t => {
  const wishes = readWishes([], loaded)
  t.strictSame(wishes.names, [...benchNames])
  t.equal(wishes.quick, true)
  t.equal(wishes.out, './bench-results')
  t.end()
})

test('a named bench runs whole, with its own flags and defaults', t => {
  const wishes = readWishes(['http', 'hash', '--workers', '2', '--out', 'x', '--json'], loaded)
  t.strictSame(wishes.names, ['hash', 'http'])
  t.equal(wishes.quick, false)
  t.equal(wishes.json, true)
  t.equal(wishes.out, 'x')
  t.match(wishes.options, { hash: { rounds: '5' }, http: { workers: '2' } })
  t.equal(readWishes(['hash', '--quick'], loaded).quick, true)
  t.end()
})

test('what does not exist is said in one line', t => {
  const wrong: Array<[string[], RegExp]> = [
    [['hsah'], /no bench 'hsah'; there are hash, /], [['hash', '--speed'], /'--speed'/], [['hash', '--workers', '2'], /--workers is no flag of hash/], [['http', '--workers'], /argument missing/]
  ]
  for (const [args, message] of wrong) {
    t.throws(() => readWishes(args, loaded), message)
    try {
      readWishes(args, loaded)
    } catch (error) {
      t.ok(error instanceof BenchUsageError && !error.message.includes('\n'))
    }
  }
  t.end()
})

test('help names every bench, its flags, and one that cannot run', t => {
  const text = helpText(loaded)
  for (const part of ['about hash', /--rounds VALUE +how often \(default 5\)\n/, /--huge +a larger one, too\n/, 'video: cannot run, it is not there']) t.match(text, part)
  t.end()
})
