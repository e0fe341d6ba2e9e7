import { setTimeout } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import { listActions, listKinds } from '../policy/list-policy.js'
import type { Client } from './client.js'
import { addCommand, print, printStream, readable, viaGate, worstExit, type Call, type ExitCode } from './command.js'

/** How often a job is asked for. */
const jobPollMs = 500

export function addListCommands (root: Command): void {
  addCommand(root, 'lists', 'show the lists', viaGate(async (client, call) => {
    const lists = await client.done('GET', '/v1/lists') as unknown as Record<string, unknown>[]
    print(call, lists, lists.map(({ name, kind, action, items }) => `${String(name)}: ${String(kind)}, ${String(action)}, ${String(items)} items`))
    return 0
  }))
  addCommand(root, 'create-list <list>', 'create a list', viaGate(async (client, call) => {
    const { kind, action, category, source, legalGround } = call.options
    const list = await client.done('POST', '/v1/lists', { name: call.args[0], kind, action, category, source, legalGround })
    print(call, list, `list ${String(list.name)} created`)
    return 0
  })).addOption(new Option('--kind <kind>', 'what stands on it').choices(listKinds)).addOption(new Option('--action <action>', 'what a match does').choices(listActions))
    .option('--category <text>', 'category of its items')
    .option('--source <text>', 'where it comes from').option('--legal-ground <text>', 'on what ground it is used, dated')
  addCommand(root, 'add <list> <files...>', 'add known material to a list', viaGate(async (client, call) => {
    const [list = '', ...files] = call.args
    const exits: ExitCode[] = []
    for (const file of files) exits.push(await addFile(client, call, list, file))
    return worstExit(exits)
  })).option('--reference <text>', "the hotline's own number for it").option('--category <text>', 'category, where it is not that of the list')
    .option('--confirm-collision', 'add an exclusion although known material is close to it')
  addCommand(root, 'remove <list> <item>', 'take an item off a list', viaGate(async (client, call) => {
    const [list = '', item = ''] = call.args
    const removed = await client.done('DELETE', `${itemsOf(list)}/${encodeURIComponent(item)}`, { reason: call.options.reason })
    print(call, removed, `item ${item} removed`)
    return 0
  })).requiredOption('--reason <text>', 'why, for the audit log')
  addCommand(root, 'export <list>', 'print all hashes of a list: CSV, or with --json a JSON object on each line', viaGate(async (client, call) => {
    const bytes = await client.download(`/v1/lists/${encodeURIComponent(call.args[0] ?? '')}/export?format=${call.json ? 'jsonl' : 'csv'}`)
    await printStream(bytes)
    return 0
  }))
}

const itemsOf = (list: string): string => `/v1/lists/${encodeURIComponent(list)}/items`

async function addFile (client: Client, call: Call, list: string, file: string): Promise<ExitCode> {
  const { reference, category, confirmCollision } = call.options
  const notes = new URLSearchParams()
  for (const [name, value] of Object.entries({ reference, category, confirmCollision })) if (value !== undefined) notes.set(name, String(value))
  const bytes = await readable(file)
  const first = await client.call('POST', `${itemsOf(list)}?${notes}`, bytes)
  const { body, status } = first.status === 202 ? await jobDone(client, String(first.body.jobId)) : first
  if (status >= 300) {
    print(call, { file, ...body }, `${file}: ${String(body.detail)}`)
    return status >= 500 ? 2 : 1
  }
  const refused = body.refused as { code: string }[]
  const codes = [...new Set(refused.map(one => one.code))].join(', ')
  const kept = Object.entries({ reference, category }).filter(([name, value]) => value !== undefined && value !== body[name])
    .map(([name]) => `; it was there already, and its ${name} stays ${body[name] === undefined ? 'empty' : String(body[name])}`).join('')
  print(call, { file, ...body }, `${file}: item ${String(body.itemId)}, ${(body.entries as unknown[]).length} entries${codes === '' ? '' : `, refused: ${codes}`}${kept}`)
  return refused.length > 0 ? 1 : 0
}

/** Waits for the rest of a long addition, so that all of it is in force when the command ends. */
async function jobDone (client: Client, jobId: string): Promise<{ status: number, body: Record<string, unknown> }> {
  for (;;) {
    const body = await client.done('GET', `/v1/jobs/${encodeURIComponent(jobId)}`)
    if (body.state === 'done') return { status: 200, body }
    if (body.state === 'failed') return { status: 400, body: { code: body.code, detail: body.message } }
    await setTimeout(jobPollMs)
  }
}
