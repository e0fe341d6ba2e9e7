import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { exclusionDistance } from './exclusion.js'
import { defaultListPolicy, listPolicySchema, uploadQualityMin } from './list-policy.js'

const page = readFileSync(new URL('../../docs/design/policy.md', import.meta.url), 'utf8')

/** The cells of the table row that begins with these words. */
function row (words: string): string {
  const line = page.split('\n').find(one => one.startsWith(`| ${words}`))
  if (line === undefined) throw new Error(`no row begins with ${words}`)
  return line
}

function numbersIn (text: string): number[] {
  return [...text.matchAll(/\d+/g)].map(Number)
}

test('every setting of a list stands on the page with its default', async t => {
  const rows = page.split('\n').filter(line => /^\| `/.test(line)).map(line => line.split('|').map(cell => cell.trim().replaceAll('`', '')))
  const printed = Object.fromEntries(rows.map(([, setting = '', value = '']) => [setting, value]))
  t.strictSame(printed, Object.fromEntries(Object.entries(defaultListPolicy).map(([setting, value]) => [setting, String(value)])))
})

test('the default table holds the numbers of the default policy', async t => {
  const policy = defaultListPolicy
  t.strictSame(numbersIn(row('PDQ, quality')), [policy.pdqQualityMin, uploadQualityMin(policy), policy.pdqBlockDistance, policy.pdqBlockDistance + 1, policy.pdqHoldDistance])
  t.strictSame(numbersIn(row('blockhash-256')), [
    256, policy.stableBitsMin, policy.blockhashBlockDistance, policy.blockhashPdqDistance, policy.blockhashHoldDistance, policy.pdqHoldDistance,
    policy.blockhashHoldDistance, policy.blockhashHoldPdqDistance
  ])
  t.strictSame(numbersIn(row('frames of a film')), [policy.videoFramesMin, policy.videoFrameDistance])
  t.strictSame(numbersIn(row('a film in step')), [policy.videoStepFramesMin, policy.videoStepDistance, policy.videoStepSeedDistance])
})

test('the exclusion distance stands on the page', async t => {
  t.match(page, `within ${exclusionDistance} bits and strictly closer`)
})

test('every setting has a default and a sentence', async t => {
  for (const [key, schema] of Object.entries(listPolicySchema.properties) as Array<[string, { default?: unknown, description?: string }]>) {
    t.not(schema.default, undefined, key)
    t.match(schema.description, /\.$/, key)
  }
})
