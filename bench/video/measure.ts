import { readFile } from 'node:fs/promises'
import type { Gate } from '../http/gate.js'
import { idle, processorS } from '../http/processes.js'
import { median } from '../frame/percentiles.js'
import type { Clip } from './clips.js'

export interface Checked {
  verdict: string
  durationS: number
  frames: number
  /** From the first byte sent to the verdict: median. */
  elapsedMs: number
  /** Of the gate and everything below it, for each check. */
  processorS: number
}

/** Sends a film to the gate again and again. */
export async function checkClip (gate: Gate, key: string, clip: Clip, runs: number): Promise<Checked> {
  const bytes = await readFile(clip.path)
  await idle(gate.pid)
  const before = processorS(gate.pid)
  const elapsedMs: number[] = []
  let last: Record<string, unknown> = {}
  for (let i = 0; i < runs; i++) {
    const from = performance.now()
    last = (await gate.call('POST', '/v1/checks', bytes, key)).body
    elapsedMs.push(performance.now() - from)
  }
  // Programs below the gate are counted when they were waited for.
  await idle(gate.pid)
  const media = last.media as { durationS?: number, frames?: number }
  return {
    verdict: String(last.verdict),
    durationS: clip.durationS ?? media.durationS ?? Number.NaN,
    frames: media.frames ?? 0,
    elapsedMs: median(elapsedMs),
    processorS: (processorS(gate.pid) - before) / runs
  }
}
