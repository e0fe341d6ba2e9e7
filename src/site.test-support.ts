import type { Test } from 'tap'
import { openGate, seed, type Gate } from './compose.js'
import { loadConfig, type SettingKey } from './config.js'
import { answerChecker, type CheckAnswer } from './answer-schemas.test-support.js'
import type { KeyRequest } from './service/accounts.js'
import type { Role } from './store/store.js'

export const fixtures = new URL('../fixtures/', import.meta.url).pathname
export const testCard = fixtures + 'test-card.png'

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

/** A gate on a free port of this machine, with the test card on its list. */
export interface Site {
  gate: Gate
  url: string
  /** Calls the gate, and fails the test where the answer is not what the API description says. */
  call (key: string, method: string, route: string, body?: Buffer | string | FormData | object, type?: string): Promise<Answer>
  key (role: Role | Role[], request?: Partial<KeyRequest>): Promise<string>
}

export async function openSite (t: Test, dataDir: string, settings: Partial<Record<SettingKey, string>> = {}): Promise<Site> {
  const config = loadConfig({ dataDir, logLevel: 'silent', pictureWorkers: '1', videoWorkers: '1', ...settings }, {})
  const gate = await openGate(config)
  t.teardown(async () => { await gate.close() })
  await seed(gate, config, testCard)
  const url = await gate.app.listen({ host: '127.0.0.1', port: 0 })
  const check = answerChecker(gate.app.swagger())
  return {
    gate,
    url,
    call: async (key, method, route, body, type) => await callGate(check, url, key, method, route, body, type),
    key: async (roles, request = {}) => {
      const list = Array.isArray(roles) ? roles : [roles]
      return (await gate.services.accounts.create({ name: list.join(' and '), roles: list, detail: 'full', ...request }, 'test')).key
    }
  }
}

async function callGate (check: CheckAnswer, url: string, key: string, method: string, route: string, body: Buffer | string | FormData | object | undefined, type: string | undefined): Promise<Answer> {
  const isJson = body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body) && !(body instanceof FormData)
  const contentType = isJson ? 'application/json' : type
  const answer = await fetch(url + route, {
    method,
    headers: { ...(key === '' ? {} : { authorization: `Bearer ${key}` }), ...(contentType === undefined ? {} : { 'content-type': contentType }) },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body as Buffer | string | FormData })
  })
  const text = await answer.text()
  const isText = answer.headers.get('content-type')?.startsWith('text/') === true
  const parsed: unknown = text === '' || isText ? { text } : JSON.parse(text)
  check(method, route, answer.status, answer.headers.get('content-type') ?? '', text === '' ? undefined : isText ? text : parsed)
  return { status: answer.status, headers: answer.headers, body: parsed as Record<string, unknown> }
}
