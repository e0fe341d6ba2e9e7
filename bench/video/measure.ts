import { readFile } from 'node:fs/promises'
import type { Gate } from '../http/gate.js'
import { idle, processorS } from '../http/processes.js'
import { median } from '../frame/percentiles.js'
import { weightOf, type Clip } from './clips.js'
import type { Repeated, Repeater } from './repeater.js'

/** Processor time is that of the gate and everything below it, for each check. */
export interface Checked extends Repeated {
  verdict: string
  durationS: number
  frames: number
  /** From the first byte sent to the verdict: median. */
  elapsedMs: number
}

/** Sends a film to an idle gate again and again. */
export async function checkClip (gate: Gate, key: string, clip: Clip, repeater: Repeater): Promise<Checked> {
  const bytes = await readFile(clip.path)
  const elapsedMs: number[] = []
  let last: Record<string, unknown> = {}
  const check = async (): Promise<void> => {
    const from = performance.now()
    last = (await gate.call('POST', '/v1/checks', bytes, key)).body
    elapsedMs.push(performance.now() - from)
  }
  // Programs below the gate are counted when they were waited for.
  const repeated = await repeater.repeat(weightOf(clip), { round: check, processorS: () => processorS(gate.pid), settle: async () => { await idle(gate.pid) } })
  const media = last.media as { durationS?: number, frames?: number }
  return { ...repeated, verdict: String(last.verdict), durationS: clip.durationS ?? media.durationS ?? Number.NaN, frames: media.frames ?? 0, elapsedMs: median(elapsedMs) }
}
