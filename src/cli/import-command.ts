import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import type { Client } from './client.js'
import { addCommand, print, readable, viaGate, type Call, type ExitCode } from './command.js'

/** Hashes sent in one call of an import. */
const importBatch = 2000

export function addImportCommand (root: Command): void {
  addCommand(root, 'import <list> <file>', 'import a text list of hashes', viaGate(importList))
}

/** A text list, `algorithm hex` on each line; `#` starts a comment. Malformed lines are counted and named, never shown. */
async function importList (client: Client, call: Call): Promise<ExitCode> {
  const [list = '', file = ''] = call.args
  const total = { added: 0, refused: 0, malformed: 0, lines: 0 }
  let batch: { algorithm: string, value: string }[] = []
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    const body = await client.done('POST', `/v1/lists/${encodeURIComponent(list)}/imports`, { hashes: batch })
    total.added += Number(body.added)
    total.refused += Number(body.refused)
    batch = []
  }
  for await (const line of createInterface({ input: await readable(file), crlfDelay: Infinity })) {
    total.lines++
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const [, algorithm, value] = /^(pdq|blockhash|sha256|sha1|md5)\s+([0-9a-fA-F]+)$/.exec(text) ?? []
    const digits = algorithm === 'md5' ? 32 : algorithm === 'sha1' ? 40 : 64
    if (algorithm === undefined || value?.length !== digits) {
      if (total.malformed++ < 10) process.stderr.write(`line ${total.lines}: not 'algorithm hex'; left out\n`)
      continue
    }
    batch.push({ algorithm, value })
    if (batch.length >= importBatch) await flush()
  }
  await flush()
  print(call, total, `${total.added} added, ${total.refused} kept for the record only, ${total.malformed} malformed of ${total.lines} lines`)
  return total.malformed > 0 || total.refused > 0 ? 1 : 0
}
