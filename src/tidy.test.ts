import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'

const source = new URL('../src/', import.meta.url).pathname

/** Floors of the house; a file may import from its own floor's room and from lower floors. */
const floors: Record<string, number> = {
  errors: 0, config: 0, 'free-chunk': 0, 'heap-growth': 0, 'read-buffer': 0, 'thread-loading': 0, hash: 1, policy: 1, index: 2, store: 3, media: 4, pipeline: 5, service: 6, http: 7, compose: 9, cli: 9
}

function roomOf (file: string): string {
  return (path.relative(source, file).split(path.sep)[0] ?? '').replace(/\.ts$/, '')
}

function productFiles (): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !/\.(test|test-support|d)\b/.test(file) && !file.includes('/kernel/'))
    .map(file => path.join(source, file))
}

test('imports go down only', t => {
  for (const file of productFiles()) {
    const room = roomOf(file)
    t.type(floors[room], 'number', `${room} has a floor`)
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
      const other = roomOf(path.resolve(path.dirname(file), target + '.ts'))
      if (other === room) continue
      t.ok((floors[other] ?? 99) <= (floors[room] ?? 0), `${path.relative(source, file)} imports ${other}`)
    }
  }
  t.end()
})

test('the environment is read in config.ts only', t => {
  for (const file of productFiles()) {
    if (file.endsWith('config.ts')) continue
    t.notMatch(readFileSync(file, 'utf8'), /process\.env\b/, path.relative(source, file))
  }
  t.end()
})
