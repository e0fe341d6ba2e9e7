import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { test, type Test } from 'tap'
import { matches, openRig, pdqLines, pdqOf } from '../service/import-rig.test-support.js'

const cli = new URL('../cli.js', import.meta.url).pathname

interface Finished { exit: number | null, signal: string | null, out: string, err: string }

/** The name of a socket has little room. */
function shortFolder (t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'keersluis-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

function start (folder: string, ...words: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [cli, ...words, '--data-dir', folder, '--picture-workers', '1', '--video-workers', '1'], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finished (child: ReturnType<typeof start>): Promise<Finished> {
  const [[exit, signal], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { exit: exit as number | null, signal: signal as string | null, out, err }
}

const run = async (folder: string, ...words: string[]): Promise<Finished> => await finished(start(folder, ...words))

/** A gate that listens. */
async function serve (t: Test, folder: string): Promise<ReturnType<typeof start>> {
  const gate = start(folder, 'serve', '--port', '0', '--log-level', 'silent')
  t.teardown(() => { gate.kill('SIGKILL') })
  await Promise.race([once(gate.stdout, 'data'), once(gate, 'exit').then(() => { throw new Error('The gate ended.') })])
  return gate
}

/** Waits until the store has more than so many entries. */
async function stored (folder: string, entries: number): Promise<number> {
  const db = new Sqlite(path.join(folder, 'store.sqlite'), { readonly: true })
  try {
    for (;;) {
      const count = db.prepare<[], number>('SELECT count(*) FROM entries').pluck().get() ?? 0
      if (count > entries) return count
      await setTimeout(5)
    }
  } finally {
    db.close()
  }
}

test('an import that is cut short by a kill is completed by repeating it', async t => {
  const folder = shortFolder(t)
  const lines = 80_000
  const file = path.join(folder, 'list.txt')
  writeFileSync(file, pdqLines(0, lines).join('\n'))
  const gate = await serve(t, folder)
  t.match(await run(folder, 'create-list', 'big'), { exit: 0 })
  const before = await stored(folder, 0)
  const interrupted = finished(start(folder, 'import', 'big', file, '--json'))
  const atKill = await stored(folder, before + 3_000)
  gate.kill('SIGKILL')
  const { exit, out } = await interrupted
  t.match({ exit, out }, { exit: 2, out: '' })
  const repeated = await run(folder, 'import', 'big', file, '--json')
  t.equal(repeated.exit, 0, repeated.err)
  const result = JSON.parse(repeated.out) as { added: number, known: number, lines: number }
  t.equal(result.added + result.known, lines)
  t.ok(result.known >= atKill - before && result.known < lines, `${result.known} were there`)
  const rig = await openRig(folder)
  t.match(rig.filled, { from: 'snapshot' })
  for (let seed = 0; seed < lines; seed += 97) if (matches(rig, 'pdq', pdqOf(seed)) !== 1) t.fail(`line ${seed + 1} is missing, or there twice`)
  await rig.close()
})

test('a list goes into a running gate and stays in it when that is killed right after', async t => {
  const folder = shortFolder(t)
  const file = path.join(folder, 'list.csv')
  writeFileSync(file, `algorithm,value,reference\n${Array.from({ length: 300 }, (_, i) => `pdq,${Buffer.from(pdqOf(i)).toString('hex')},r${i}`).join('\n')}\npdq,none\n`)
  const gate = await serve(t, folder)
  await run(folder, 'create-list', 'big')
  const { exit, out, err } = await run(folder, 'import', 'big', file)
  gate.kill('SIGKILL')
  t.equal(exit, 1)
  t.equal(out, '302 lines: 300 added, 0 known, 1 malformedHash\n')
  t.match(err, 'line 302: malformedHash\n')
  const rig = await openRig(folder)
  t.equal(matches(rig, 'pdq', pdqOf(299)), 1)
  await rig.close()
  t.match(await run(folder, 'import', 'big', path.join(folder, 'no-such-file')), { exit: 2, signal: null, out: '', err: 'no-such-file' })
})
