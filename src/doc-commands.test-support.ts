import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import type { Test } from 'tap'

const root = new URL('../', import.meta.url).pathname

/** A block of commands of a page, and what the page says they print. */
export interface Step {
  line: number
  commands: string
  /** `...` stands for anything, blanks for any blanks. Unset where the page shows no output. */
  printed?: string
}

export interface Page {
  steps: Step[]
  /** Programs that the page shows: a block whose first line is `// NAME`. */
  files: Map<string, string>
}

/**
 * The blocks of a page: `bash` is run in order, `text` right after it is what it prints; `js` is a file where it names
 * itself. `sh` blocks are for other machines and are not run.
 */
export function readPage (file: string): Page {
  const text = readFileSync(path.join(root, file), 'utf8')
  const steps: Step[] = []
  const files = new Map<string, string>()
  for (const match of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const [, language, body = ''] = match
    const line = text.slice(0, match.index).split('\n').length
    const last = steps.at(-1)
    if (language === 'bash') steps.push({ line, commands: body })
    else if (language === 'text' && last !== undefined && last.printed === undefined) last.printed = body
    else if (language === 'js') files.set(/^\/\/ (\S+)$/m.exec(body)?.[1] ?? '', body)
  }
  return { steps, files }
}

/** A folder that looks like a clone, with a gate that serves there on a free port as `npm start` would. */
export async function openClone (t: Test): Promise<{ folder: string, url: string }> {
  const folder = t.testdir()
  for (const name of ['dist', 'fixtures', 'package.json', 'node_modules']) await symlink(path.join(root, name), path.join(folder, name))
  const gate = spawn(process.execPath, ['dist/cli.js', 'serve', '--port', '0', '--log-level', 'error'], { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => { await stop(gate) })
  const [line] = await once(createInterface({ input: gate.stdout }), 'line') as [string]
  return { folder, url: (JSON.parse(line) as { listening: string }).listening }
}

async function stop (gate: ChildProcess): Promise<void> {
  if (gate.exitCode !== null) return
  const closed = once(gate, 'close')
  gate.kill('SIGTERM')
  await closed
}

/** Runs all steps in one shell, so that what one sets the next one has. Answers what each printed. */
export async function runSteps ({ steps, files }: Page, { folder, url }: { folder: string, url: string }): Promise<string[]> {
  for (const [name, body] of files) if (name !== '') await writeFile(path.join(folder, name), body)
  const border = '----- end of step -----'
  const script = steps.map(({ commands }) => `${commands.replaceAll('http://127.0.0.1:8080', url)}\nprintf '\\n%s\\n' '${border}'\n`).join('')
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env: { ...environment(), GATE: url }, maxBuffer: 16 * 1024 * 1024 })
  return stdout.split(border).slice(0, steps.length)
}

/** Without settings of whoever runs the tests. */
function environment (): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEERSLUIS_')))
}

/** Whether the text is what the page shows. */
export function asShown (printed: string): RegExp {
  const parts = printed.trim().split('...').map(part => part.split(/\s+/).map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'))
  return new RegExp(`^\\s*${parts.join('[^]*?')}\\s*$`)
}
