import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { environmentName, flagName, settingKeys } from './config.js'
import { errorCodes } from './errors.js'
import { undecidedReasons } from './media/decoder.js'
import { matchReasons, remarks } from './policy/verdict.js'

function tableRows (page: string): string[][] {
  const text = readFileSync(new URL(`../docs/reference/${page}`, import.meta.url), 'utf8')
  return text.split('\n').filter(line => line.startsWith('| `')).map(line => line.slice(1, -1).split('|').map(cell => cell.trim()))
}

test('every setting stands in configuration.md with its environment name and flag', async t => {
  const rows = tableRows('configuration.md').map(([setting, environment, flag]) => [setting, environment, flag])
  t.strictSame(rows, settingKeys.map(key => [key, environmentName(key), flagName(key)].map(name => `\`${name}\``)))
})

test('every error code stands in errors.md with its status', async t => {
  const rows = tableRows('errors.md').map(([code, status]) => `${code} ${status}`)
  for (const [code, { status }] of Object.entries(errorCodes)) t.ok(rows.includes(`\`${code}\` ${status}`), code)
})

test('every undecided reason, match reason and remark stands in errors.md', async t => {
  const verdictCodes = tableRows('errors.md').filter(([, status]) => status === '200').map(([code]) => code)
  t.strictSame(verdictCodes, [...undecidedReasons, ...matchReasons, ...remarks].map(code => `\`${code}\``))
})

test('errors.md names no code that does not exist', async t => {
  const known = new Set<string>([...Object.keys(errorCodes), ...undecidedReasons, ...matchReasons, ...remarks])
  const strangers = tableRows('errors.md').map(([code = '']) => code.replaceAll('`', '')).filter(code => !known.has(code))
  t.strictSame(strangers, [])
})
