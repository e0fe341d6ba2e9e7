import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { keersluis, serve, type Ran } from '../cli-process.test-support.js'

const cli = new URL('../cli.js', import.meta.url).pathname

test('an option with a value that it does not take is refused, and makes no key', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  const create = async (...args: string[]): Promise<Ran> => await keersluis(dataDir, 'keys', 'create', '--name', 'site', ...args)
  t.match(await create('--role', 'provider', '--rate', 'many'), { code: 2, out: '', errors: /^error: option '--rate.*'many'.*whole number.\n$/ })
  t.match(await create('--role', 'provider', '--allow', 'hash'), { code: 2, out: '', errors: /^error: .*Allowed choices are hashes/ })
  t.match(await create('--role', 'admin'), { code: 2, out: '', errors: /^error: .*Allowed choices are provider, analyst, operator/ })
  t.match(await keersluis(dataDir, 'create-list', 'own', '--action', 'deny'), { code: 2, out: '', errors: /^error: .*Allowed choices are block, hold, observe/ })
  t.match(await keersluis(dataDir, '--version'), { code: 0, out: /^\d+\.\d+\.\d+\n$/ })
  t.notOk(existsSync(dataDir))
})

test('new folders, odd names, folders for files', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  t.match(await keersluis(dataDir, 'lists'), { code: 0, out: '', errors: /^There was no gate in .*data; a new, empty one was made/ })
  t.match(await keersluis(dataDir, 'lists'), { code: 0, out: '', errors: '' })
  t.match(await keersluis(dataDir, 'keys', 'create', '--name', 'a\u001b[31mb', '--role', 'provider'), { code: 2, out: '', errors: /^keersluis: body\/name must match.*\n$/ })
  await serve(t, dataDir)
  for (const command of ['check', 'add test', 'import test']) {
    t.match(await keersluis(dataDir, ...command.split(' '), t.testdirName), { code: 2, errors: `keersluis: ${t.testdirName} is a folder: name a file.\n` }, command)
  }
  t.match(await keersluis(dataDir, 'check', 'no\u001b[31m\nsuch'), { code: 2, errors: 'keersluis: The file no [31m such cannot be read.\n' })
})

test('lost output ends with 2 and no stack', async t => {
  const dataDir = path.join(t.testdir(), 'data')
  await serve(t, dataDir)
  const list = path.join(t.testdirName, 'list.txt')
  writeFileSync(list, Array.from({ length: 5_000 }, (_, i) => `md5 ${i.toString(16).padStart(32, '0')}\n`).join(''))
  await keersluis(dataDir, 'create-list', 'own')
  t.match(await keersluis(dataDir, 'import', 'own', list), { code: 0 })
  for (const command of ['lists', 'export own', 'config']) {
    const child = spawn(process.execPath, [cli, ...command.split(' '), '--data-dir', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const [[code], errors] = await Promise.all([once(child, 'close'), text(child.stderr)])
    t.match({ code: code as number, errors }, { code: 2, errors: '' }, command)
  }
})
