import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { test } from 'tap'
import { environmentName, flagName, settingKeys, settingsSchema, type SettingKey } from './config.js'
import { errorCodes } from './errors.js'
import { undecidedReasons } from './media/decoder.js'
import { defaultListPolicy } from './policy/list-policy.js'
import { matchReasons, remarks } from './policy/verdict.js'
import { lineProblems } from './service/import-lines.js'
import { refusalCodes } from './service/item-entries.js'
import { roles } from './store/store.js'

const root = new URL('../', import.meta.url).pathname
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

/** The rows of all tables of a page, or of one section, that start with code. */
function tableRows (page: string, section?: string): string[][] {
  const text = read(`docs/${page}`)
  const part = section === undefined ? text : (text.split(/^## /m).find(one => one.startsWith(section + '\n')) ?? '')
  return part.split('\n').filter(line => line.startsWith('| `')).map(line => line.slice(1, -1).split(/(?<!\\)\|/).map(cell => cell.trim()))
}

const firstCells = (page: string, section?: string): string[] => tableRows(page, section).map(([code = '']) => code.replaceAll('`', ''))

test('every setting stands in configuration.md with its names, default and meaning', async t => {
  const rows = tableRows('reference/configuration.md')
  t.strictSame(rows.map(row => row.slice(0, 4)), settingKeys.map(key => {
    const value = String(valueOf(key, 'default'))
    return [...[key, environmentName(key), flagName(key)].map(name => `\`${name}\``), value === '' ? 'empty' : `\`${value}\``]
  }))
  settingKeys.forEach((key, at) => { t.ok(rows[at]?.[4]?.startsWith(String(valueOf(key, 'description'))), `the meaning of ${key}`) })
})

function valueOf (key: SettingKey, field: 'default' | 'description'): unknown {
  return (settingsSchema.properties[key] as { default?: unknown, description?: unknown })[field]
}

test('every error code stands in errors.md with its status, and nothing else does', async t => {
  const rows = tableRows('reference/errors.md', 'Error codes').map(([code, status]) => `${code} ${status}`)
  t.strictSame(rows.sort(), Object.entries(errorCodes).map(([code, { status }]) => `\`${code}\` ${status}`).sort())
})

test('every undecided reason, match reason, remark and refusal stands in errors.md, and nothing else does', async t => {
  t.strictSame(firstCells('reference/errors.md', 'Undecided reasons'), [...undecidedReasons])
  t.strictSame(firstCells('reference/errors.md', 'Match reasons'), [...matchReasons])
  t.strictSame(firstCells('reference/errors.md', 'Remarks'), [...remarks])
  t.strictSame(firstCells('reference/errors.md', 'Refused'), [...refusalCodes])
  t.strictSame(firstCells('reference/errors.md', 'Import'), [...lineProblems])
})

test('every number of a list policy stands in policy.md with its default', async t => {
  const rows = tableRows('design/policy.md', 'The settings of a list').map(([name = '', value = '']) => [name.replaceAll('`', ''), value.replaceAll('`', '')])
  t.strictSame(rows, Object.entries(defaultListPolicy).map(([name, value]) => [name, String(value)]))
})

test('every call stands in api.md with its roles, and nothing else does', async t => {
  const { paths } = JSON.parse(read('docs/openapi.json')) as { paths: Record<string, Record<string, { description: string }>> }
  const calls = Object.entries(paths).flatMap(([url, methods]) => Object.entries(methods).map(([method, { description }]) => ({
    call: `${method.toUpperCase()} ${url}`, roles: roles.filter(role => new RegExp(`Role:.*\\b${role}\\b`).test(description))
  })))
  const rows = tableRows('reference/api.md', 'Calls').map(([call = '', who = '']) => ({
    call: call.replaceAll('`', ''), roles: roles.filter(role => new RegExp(`\\b${role}\\b`).test(who))
  }))
  const byCall = (a: { call: string }, b: { call: string }): number => a.call < b.call ? -1 : 1
  t.strictSame(rows.sort(byCall), calls.sort(byCall))
})

test('every metric stands in api.md, and nothing else does', async t => {
  const names = [...read('dist/http/metrics.js').matchAll(/'(keersluis_\w+)'/g)].map(([, name]) => name)
  t.strictSame(firstCells('reference/api.md', 'Metrics').sort(), [...new Set(names)].sort())
})

test('every command and option stands in cli.md, and nothing else does', async t => {
  const commands = leavesOf(await program())
  const documented = firstCells('reference/cli.md', 'Commands')
  const nameOf = (spec: string): string => spec.split(/ (?:[A-Z[]|--)/)[0] ?? ''
  t.strictSame(documented.map(nameOf).sort(), commands.map(({ name }) => name).sort())
  for (const { name, command } of commands) {
    const options = command.options.filter(option => !option.hidden && option.long !== '--json').map(option => option.long)
    const shown = [...(documented.find(spec => nameOf(spec) === name) ?? '').matchAll(/--[a-z-]+/g)].map(([option]) => option)
    t.strictSame(shown.sort(), options.sort(), `the options of ${name}`)
  }
})

/** The command line, put together from all files of commands, as cli.ts does. */
async function program (): Promise<Command> {
  const root = new Command('keersluis')
  const folder = new URL('./cli/', import.meta.url)
  for (const file of readdirSync(folder).filter(name => /-commands?\.js$/.test(name))) {
    const exported = Object.values(await import(new URL(file, folder).href) as Record<string, unknown>)
    for (const add of exported) if (typeof add === 'function') add(root)
  }
  return root
}

function leavesOf (command: Command, prefix = ''): { name: string, command: Command }[] {
  return command.commands.flatMap(one => {
    const name = prefix + one.name()
    return one.commands.length > 0 ? leavesOf(one, `${name} `) : [{ name, command: one }]
  })
}

test('every link between the pages leads somewhere', async t => {
  const pages = [...readdirSync(root).filter(name => name.endsWith('.md')), ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md')).map(name => `docs/${name}`)]
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('http')) continue
      const [file = '', anchor] = target.split('#')
      const linked = file === '' ? page : path.join(path.dirname(page), file)
      t.ok(existsSync(path.join(root, linked)), `${page} links ${target}`)
      if (anchor !== undefined) t.ok(headingsOf(read(linked)).includes(anchor), `${page} links ${target}`)
    }
  }
})

/** The anchors that a page's headings get. */
function headingsOf (text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-'))
}
