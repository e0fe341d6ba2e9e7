import type { ReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import type { ImportResult } from '../service/import.js'
import type { Client } from './client.js'
import { addCommand, print, readable, viaGate, type Call, type ExitCode } from './command.js'

/** How often a bar is drawn, and how often a line is printed where there is no terminal. */
const barEveryMs = 200
const lineEveryMs = 5_000

export function addImportCommand (root: Command): void {
  addCommand(root, 'import <list> <file>', 'import a hash list: a text list (algorithm hex on each line), or CSV with a header', viaGate(importList))
}

/** Streams the file to the gate, which reads it; an import that was cut short is simply repeated. */
async function importList (client: Client, call: Call): Promise<ExitCode> {
  const [list = '', file = ''] = call.args
  const bytes = await readable(file)
  const stop = showProgress(bytes, (await stat(file)).size)
  try {
    const result = await client.done('POST', `/v1/lists/${encodeURIComponent(list)}/imports`, bytes) as unknown as ImportResult
    stop()
    const refused = Object.entries(result.refused)
    for (const { line, code } of call.json ? [] : result.refusals) process.stderr.write(`line ${line}: ${code}\n`)
    const counts = refused.map(([code, count]) => `, ${count} ${code}`).join('')
    print(call, result, `${result.lines} lines: ${result.added} added, ${result.known} known${counts}`)
    return refused.length > 0 ? 1 : 0
  } finally {
    stop()
    bytes.destroy()
  }
}

/** Says on stderr how much of the file was taken; what is returned ends that. */
function showProgress (file: ReadStream, bytesTotal: number): () => void {
  const startedMs = Date.now()
  const terminal = process.stderr.isTTY
  const bar = new SingleBar({ stream: process.stderr, format: 'import {bar} {percentage}% of {total} MB, {eta_formatted} left', hideCursor: true }, Presets.legacy)
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
  if (terminal) bar.start(megabytes(bytesTotal), 0)
  const timer = setInterval(() => {
    if (terminal) bar.update(megabytes(file.bytesRead))
    else process.stderr.write(`import: ${megabytes(file.bytesRead)} of ${megabytes(bytesTotal)} MB after ${Math.round((Date.now() - startedMs) / 1_000)} s\n`)
  }, terminal ? barEveryMs : lineEveryMs)
  return () => {
    clearInterval(timer)
    if (terminal) bar.stop()
  }
}
