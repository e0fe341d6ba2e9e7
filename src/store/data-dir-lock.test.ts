import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { test } from 'tap'
import { lockDataDir } from './data-dir-lock.js'

const holder = `
  import { lockDataDir } from ${JSON.stringify(new URL('./data-dir-lock.js', import.meta.url).href)}
  lockDataDir(process.argv[1])
  process.stdout.write('held')
  setInterval(() => {}, 1000)`

test('a data folder has one holder, and none when that was killed', async t => {
  const file = path.join(t.testdir(), 'gate.lock')
  const child = spawn(process.execPath, ['--input-type=module', '--eval', holder, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  await once(child.stdout, 'data')
  t.throws(() => lockDataDir(file), { code: 'dataDirLocked' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const unlock = lockDataDir(file)
  t.throws(() => lockDataDir(file), { code: 'dataDirLocked' }, 'nor has one process two')
  unlock()
  lockDataDir(file)()
})

test('a folder that cannot be locked is said', t => {
  t.throws(() => lockDataDir(path.join(t.testdir(), 'none', 'gate.lock')), { code: 'dataDirUnusable' })
  t.end()
})
