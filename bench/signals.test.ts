import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const program = fileURLToPath(new URL('./main.js', import.meta.url))

/** Processes whose arguments or environment name the folder. */
function processesIn (folder: string): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      return command.includes(folder) || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder) ? [command] : []
    } catch {
      return []
    }
  })
}

const skip = process.platform !== 'linux' && 'looks for processes in /proc'
const until: Array<[signal: NodeJS.Signals, moment: string, isThere: (commands: readonly string[]) => boolean]> = [
  ['SIGINT', 'a bench runs', commands => commands.some(command => command.includes('bench-process'))],
  ['SIGKILL', 'a bench runs', commands => commands.some(command => command.includes('bench-process'))],
  ['SIGTERM', 'a gate runs', commands => commands.some(command => command.includes('serve'))]
]

for (const [signal, moment, isThere] of until) {
  test(`${signal} while ${moment} leaves nothing running`, { skip }, async t => {
    const folder = t.testdir({ tmp: {}, out: { 'report.html': 'of another day' } })
    const [out, temporary] = [join(folder, 'out'), join(folder, 'tmp')]
    const child = spawn(process.execPath, [program, 'http', '--quick', '--entries', '2', '--out', out], { env: { ...process.env, TMPDIR: temporary } })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString() })
    const closed = once(child, 'close')
    const wait = async (isOver: () => boolean): Promise<void> => { while (!isOver()) await new Promise(resolve => setTimeout(resolve, 50)) }
    await wait(() => child.exitCode !== null || isThere(processesIn(temporary)))
    // Two at once, as Ctrl-C under npm sends them.
    child.kill(signal)
    child.kill(signal)
    await closed
    await wait(() => processesIn(temporary).length === 0)
    t.strictSame(readdirSync(out), ['report.html'])
    t.equal(readFileSync(join(out, 'report.html'), 'utf8'), 'of another day')
    if (signal === 'SIGKILL') return
    t.equal(child.exitCode, 130, stderr)
    t.equal(stdout, '')
    t.match(stderr, /\nbench: Interrupted: no figures of http\. No report was written\.\n$/)
    t.strictSame(readdirSync(temporary), [], 'no folder is left')
  })
}
