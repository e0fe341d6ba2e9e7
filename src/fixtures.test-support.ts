import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Test } from 'tap'
import { openGate, seed, type Gate } from './compose.js'
import { loadConfig } from './config.js'
import { findFfmpeg } from './media/ffmpeg-program.js'
import { openLibav } from './media/video-libav.js'

const fixtures = new URL('../fixtures/', import.meta.url).pathname

/** One line of fixtures/manifest.json; its README says what the words mean. */
export interface Fixture {
  file: string
  kind: 'image' | 'animation' | 'video' | 'audio' | 'other'
  width: number
  height: number
  expect: {
    outcome: 'usable' | 'notDistinctive' | 'undecided' | 'digestOnly' | 'refused' | 'any'
    source?: string
    withSource?: 'block' | 'stopped' | 'allow' | 'any'
    reason?: string
  }
}

export const manifest = JSON.parse(readFileSync(path.join(fixtures, 'manifest.json'), 'utf8')) as Fixture[]

/** What a check answers, as far as these tests look at it. */
export interface Answer {
  status: number
  code?: string
  detail?: string
  verdict?: 'allow' | 'hold' | 'block'
  reasons?: Array<{ code: string }>
  complete?: boolean
  checkedBy?: string[]
  media?: { kind: string, format: string, width?: number, height?: number, frames?: number }
  matches?: Array<{ distance?: number, algorithm?: string }>
}

/** A gate whose only known material, beside the test card, is one fixture or none. */
export interface Site {
  gate: Gate
  check: (file: string) => Promise<Answer>
}

export const withoutVideo = await openLibav() === undefined && await findFfmpeg('', process.env.PATH ?? '') === undefined
  ? 'no video decoder is installed'
  : false

export async function openSite (t: Test, known?: string): Promise<Site> {
  const config = loadConfig({ dataDir: t.testdir(), logLevel: 'silent', pictureWorkers: '2', videoWorkers: '2' }, {})
  const gate = await openGate(config)
  t.teardown(async () => { await gate.close() })
  await seed(gate, config, path.join(fixtures, 'test-card.png'))
  const url = await gate.app.listen({ host: '127.0.0.1', port: 0 })
  const create = async (role: 'provider' | 'analyst' | 'operator'): Promise<string> =>
    (await gate.services.accounts.create({ name: role, roles: [role], detail: 'full' }, 'test')).key
  const keys = { provider: await create('provider'), analyst: await create('analyst'), operator: await create('operator') }
  const post = async (key: string, route: string, body: Buffer | string, type: string): Promise<Answer> => {
    const answer = await fetch(url + route, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': type }, body })
    return { ...await answer.json() as object, status: answer.status }
  }
  if (known !== undefined) {
    await post(keys.operator, '/v1/lists', JSON.stringify({ name: 'known', category: 'A' }), 'application/json')
    const added = await post(keys.analyst, '/v1/lists/known/items', await readFile(path.join(fixtures, known)), 'application/octet-stream')
    t.equal(added.status, 201, `${known} is known`)
  }
  // The declared type is always the same wrong one: a gate that believed it would see no picture at all.
  return { gate, check: async file => await post(keys.provider, '/v1/checks', await readFile(path.join(fixtures, file)), 'text/plain') }
}

/** Two at a time, as many as there are workers. */
export async function forEachPair<Value> (values: readonly Value[], use: (value: Value) => Promise<void>): Promise<void> {
  const rest = values.values()
  const run = async (): Promise<void> => { for (const value of rest) await use(value) }
  await Promise.all([run(), run()])
}

/** Nothing of an upload stays, and the gate still answers. */
export async function assertUnharmed (t: Test, { gate }: Site): Promise<void> {
  t.equal(gate.services.spool.bytes, 0, 'the spool counts nothing')
  t.same(readdirSync(path.join(t.testdirName, 'spool')), [], 'the spool holds nothing')
  t.equal(gate.services.lanes.decoderRestarts(), 0, 'no decoder child was lost')
  t.equal((await gate.app.inject({ url: '/healthz' })).statusCode, 200)
}

/** With nothing of it known: a fixture is allowed, or undecided, for the reason that the manifest names. */
export function assertOutcome (t: Test, { file, kind, width, height, expect }: Fixture, answer: Answer): void {
  const codes = answer.reasons?.map(({ code }) => code)
  const about = `${file}: ${JSON.stringify({ ...answer, matches: answer.matches?.length })}`
  switch (expect.outcome) {
    case 'usable':
      t.match(answer, { status: 200, verdict: 'allow', complete: true, media: { kind, width, height } }, about)
      t.same([codes, answer.checkedBy?.includes('pdq')], [[], true], about)
      return
    case 'undecided':
      t.match(answer, { status: 200, verdict: 'hold' }, about)
      t.same(codes, [expect.reason], about)
      return
    case 'notDistinctive':
      t.match(answer, { status: 200, verdict: 'allow', complete: true, media: { kind, width, height } }, about)
      t.same(codes, ['notDistinctive'], about)
      return
    case 'digestOnly':
      t.match(answer, { status: 200, verdict: 'allow', complete: true, media: { kind: 'other' } }, about)
      t.same([codes, answer.checkedBy], [['notMedia'], ['md5', 'sha1', 'sha256']], about)
      return
    case 'refused':
      t.match(answer, { status: 400, code: expect.reason }, about)
      t.match(answer.detail, /^[A-Z][^.]+\.$/, 'one sentence')
      return
    case 'any':
      t.equal(answer.status, 200, about)
  }
}

/** With its source known: blocked, or at least held. */
export function assertWithSource (t: Test, { file, expect }: Fixture, answer: Answer): void {
  const accepted = { block: ['block'], stopped: ['block', 'hold'], allow: ['allow'], any: ['allow', 'hold', 'block'] }[expect.withSource ?? 'any']
  t.ok(answer.verdict !== undefined && accepted.includes(answer.verdict), `${file}: ${JSON.stringify(answer)}`)
}
