import { Agent, request } from 'node:http'
import type { Gate } from './gate.js'
import { savedAgain, type Picture } from './pictures.js'

export interface AddedToBlocked {
  adds: number
  /** From the bytes sent to `add` answered, sorted. */
  addMs: number[]
  /** From `add` answered on one connection to the first `block` read on another, sorted; 0 where the block was there first. */
  blockedMs: number[]
  /** Checks that began after the answer and were not blocked: one is one too many. */
  missed: number
}

/**
 * One connection adds a picture, another keeps asking about a copy of it that was saved again, from before the add until
 * it is blocked.
 */
export async function addedToBlocked (gate: Gate, providerKey: string, list: string, pictures: readonly Picture[]): Promise<AddedToBlocked> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const result: AddedToBlocked = { adds: 0, addMs: [], blockedMs: [], missed: 0 }
  try {
    for (const picture of pictures) {
      const copy = await savedAgain(picture)
      let answeredAt = Infinity
      const blocked = pollUntilBlocked(gate, providerKey, agent, copy, () => answeredAt)
      const from = performance.now()
      await gate.call('POST', `/v1/lists/${list}/items`, picture.bytes)
      answeredAt = performance.now()
      const { seenAt, missed } = await blocked
      result.adds++
      result.addMs.push(answeredAt - from)
      result.blockedMs.push(Math.max(0, seenAt - answeredAt))
      result.missed += missed
    }
  } finally {
    agent.destroy()
  }
  result.addMs.sort((a, b) => a - b)
  result.blockedMs.sort((a, b) => a - b)
  return result
}

const checksMax = 1_000

async function pollUntilBlocked (gate: Gate, key: string, agent: Agent, copy: Buffer, answeredAt: () => number): Promise<{ seenAt: number, missed: number }> {
  let missed = 0
  for (let i = 0; i < checksMax; i++) {
    const beganAt = performance.now()
    const verdict = await check(gate, key, agent, copy)
    if (verdict === 'block') return { seenAt: performance.now(), missed }
    if (beganAt > answeredAt()) missed++
  }
  throw new Error('A picture that was added is not blocked.')
}

async function check (gate: Gate, key: string, agent: Agent, body: Buffer): Promise<string> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(new URL('/v1/checks', gate.url), {
      agent, method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg', 'content-length': body.length }
    }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => { text += part })
      answer.on('end', () => { resolve((JSON.parse(text) as { verdict: string }).verdict) })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
