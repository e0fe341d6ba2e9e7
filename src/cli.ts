#!/usr/bin/env node
import { createReadStream } from 'node:fs'
import { access, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'
import { withGate, type Client, type ClientAnswer } from './cli-client.js'
import { openGate, seed, socketFile } from './compose.js'
import { environmentName, flagName, loadConfig, settingKeys, settingsSchema, type Config, type SettingKey } from './config.js'
import { asKeersluisError, KeersluisError } from './errors.js'
import { probeAbilities } from './media/abilities.js'

/** 0 clean or done, 1 blocked, held or refused, 2 could not decide or failed. */
type ExitCode = 0 | 1 | 2

const testCard = new URL('../fixtures/test-card.png', import.meta.url).pathname

/** Hashes sent in one call of an import. */
const importBatch = 2000

async function serve (config: Config): Promise<void> {
  const gate = await openGate(config)
  const { keyFile } = await seed(gate, config, testCard)
  await rm(socketFile(config), { force: true })
  await gate.localApp.listen({ path: socketFile(config) })
  try {
    await gate.app.listen({ host: config.host, port: config.port })
    if (config.opsPort >= 0) await gate.opsApp.listen({ host: config.opsHost, port: config.opsPort })
  } catch (error) {
    await gate.close()
    throw new KeersluisError('portUnusable', `Port ${config.port} on ${config.host}, or the ops port, cannot be listened on; choose another with KEERSLUIS_PORT or KEERSLUIS_OPS_PORT.`, { cause: error })
  }
  closeWithGrace({ delay: config.shutdownMsMax, logger: gate.logger }, async () => { await gate.close() })
  if (keyFile !== undefined) process.stderr.write(`The first key, for operators and analysts, is in ${keyFile}\n`)
  const port = gate.app.addresses().map(address => typeof address === 'string' ? config.port : address.port)[0] ?? config.port
  process.stdout.write(JSON.stringify({ listening: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}` }) + '\n')
}

async function check (client: Client, files: string[], json: boolean): Promise<ExitCode> {
  let exit: ExitCode = 0
  for (const file of files) {
    const { body, status } = await client.call('POST', '/v1/checks', await readable(file))
    print(json, { file, ...body }, `${file}: ${status === 200 ? String(body.verdict) : String(body.detail)}`)
    if (status !== 200) exit = 2
    else if (body.verdict !== 'allow' && exit === 0) exit = 1
  }
  return exit
}

async function add (client: Client, list: string, files: string[], json: boolean): Promise<ExitCode> {
  let exit: ExitCode = 0
  for (const file of files) {
    const { body, status } = await client.call('POST', `/v1/lists/${encodeURIComponent(list)}/items`, await readable(file))
    const entries = Array.isArray(body.entries) ? body.entries.length : 0
    print(json, { file, ...body }, status < 300 ? `${file}: item ${String(body.itemId)}, ${entries} entries` : `${file}: ${String(body.detail)}`)
    if (status >= 300) exit = 1
  }
  return exit
}

/** A text list, `algorithm hex` on each line; `#` starts a comment. Malformed lines are counted and named, never shown. */
async function importList (client: Client, list: string, file: string, json: boolean): Promise<ExitCode> {
  const total = { added: 0, refused: 0, malformed: 0, lines: 0 }
  let batch: { algorithm: string, value: string }[] = []
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return
    const { body } = accepted(await client.call('POST', `/v1/lists/${encodeURIComponent(list)}/imports`, { hashes: batch }))
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
  print(json, total, `${total.added} added, ${total.refused} kept for the record only, ${total.malformed} malformed of ${total.lines} lines`)
  return total.malformed > 0 || total.refused > 0 ? 1 : 0
}

async function doctor (config: Config, json: boolean): Promise<ExitCode> {
  const abilities = await probeAbilities({
    videoDecoder: config.videoDecoder, ffmpegPath: config.ffmpegPath === '' ? undefined : config.ffmpegPath, memoryBytesMax: config.decoderMemoryBytesMax, jobsMax: 1
  })
  const video = abilities.video === undefined
    ? 'no video decoder: run npm install with optional packages (node-av), or install ffmpeg and set FFMPEG_PATH'
    : `${abilities.video.decoder} ${abilities.video.version}`
  print(json, { node: process.version, ...abilities }, `node ${process.version}\nimages: ${abilities.imageFormats.join(', ')}\nvideo: ${video}`)
  return abilities.video === undefined ? 1 : 0
}

function showConfig (config: Config, json: boolean): ExitCode {
  print(json, config, settingKeys.map(key => `${environmentName(key)}=${String(config[key])}`).join('\n'))
  return 0
}

async function readable (file: string): Promise<ReturnType<typeof createReadStream>> {
  await access(file).catch((error: unknown) => { throw new KeersluisError('fileUnreadable', `The file ${file} cannot be read.`, { cause: error }) })
  return createReadStream(file)
}

function accepted (answer: ClientAnswer): ClientAnswer {
  if (answer.status < 300) return answer
  throw new KeersluisError('invalidRequest', String(answer.body.detail ?? answer.body.title ?? 'The gate refused the call.'))
}

function print (json: boolean, value: object, text: string): void {
  process.stdout.write((json ? JSON.stringify(value) : text) + '\n')
}

function describe (key: SettingKey): string {
  const schema: object = settingsSchema.properties[key]
  return 'description' in schema ? String(schema.description) : ''
}

/** The whole command line. */
function program (): Command {
  const root = new Command('keersluis').description('A gate for upload sites: known abuse material is blocked before it is published.')
  const command = (spec: string, text: string, work: (config: Config, json: boolean, args: string[], options: Record<string, unknown>) => Promise<ExitCode>): Command => {
    const one = root.command(spec).description(text).option('--json', 'print JSON')
    for (const key of settingKeys) one.option(`${flagName(key)} <value>`, describe(key))
    return one.action(async (...args: unknown[]) => {
      const options = one.opts<Record<string, unknown>>()
      const flags: Partial<Record<SettingKey, string>> = {}
      for (const key of settingKeys) if (typeof options[key] === 'string') flags[key] = options[key]
      process.exitCode = await work(loadConfig(flags), options.json === true, args.slice(0, -2).flat().map(String), options)
    })
  }
  const viaGate = (work: (client: Client, json: boolean, args: string[], options: Record<string, unknown>) => Promise<ExitCode>) =>
    async (config: Config, json: boolean, args: string[], options: Record<string, unknown>): Promise<ExitCode> =>
      await withGate(config, async client => await work(client, json, args, options))
  const show = (method: 'GET', url: string) => viaGate(async (client, json) => {
    const { body } = accepted(await client.call(method, url))
    print(json, body, JSON.stringify(body, null, 2))
    return 0
  })

  command('serve', 'run the gate', async config => { await serve(config); return 0 })
  command('check <files...>', 'check files as uploads', viaGate(async (client, json, files) => await check(client, files, json)))
  command('lists', 'show the lists', show('GET', '/v1/lists'))
  command('add <list> <files...>', 'add known material to a list', viaGate(async (client, json, [list = '', ...files]) => await add(client, list, files, json)))
  command('import <list> <file>', 'import a text list of hashes', viaGate(async (client, json, [list = '', file = '']) => await importList(client, list, file, json)))
  command('create-list <list>', 'create a list', viaGate(async (client, json, [name = '']) => {
    const { body } = accepted(await client.call('POST', '/v1/lists', { name }))
    print(json, body, `list ${name} created`)
    return 0
  }))
  command('keys-create', 'create a key', viaGate(async (client, json, _args, options) => {
    const { body } = accepted(await client.call('POST', '/v1/keys', {
      name: options.name, roles: options.role, ...(options.detail === undefined ? {} : { detail: options.detail }), allowHashes: options.allow === 'hashes'
    }))
    print(json, body, String(body.key))
    return 0
  })).requiredOption('--name <name>', 'what the key is for').requiredOption('--role <roles...>', 'provider, analyst, operator')
    .option('--detail <detail>', 'short or full').option('--allow <what>', 'hashes: may check bare hashes')
  command('keys-list', 'show the keys', show('GET', '/v1/keys'))
  command('keys-revoke <id>', 'revoke a key', viaGate(async (client, json, [id = '']) => {
    accepted(await client.call('DELETE', `/v1/keys/${encodeURIComponent(id)}`))
    print(json, { id }, 'revoked')
    return 0
  }))
  command('audit-verify', 'verify the audit log', viaGate(async (client, json) => {
    const { body } = accepted(await client.call('GET', '/v1/audit/verification'))
    print(json, body, JSON.stringify(body))
    return body.intact === true ? 0 : 2
  }))
  command('doctor', 'say what is missing', async (config, json) => await doctor(config, json))
  command('config', 'print the settings in force', async (config, json) => showConfig(config, json))
  return root
}

/** `keys create` is spoken as two words. */
function joined (argv: string[]): string[] {
  const [node = '', script = '', first, second, ...rest] = argv
  if ((first === 'keys' || first === 'audit') && second !== undefined) return [node, script, `${first}-${second}`, ...rest]
  return argv
}

try {
  await program().parseAsync(joined(process.argv))
} catch (error) {
  const known = asKeersluisError(error)
  const cause = known.code === 'internal' && known.cause instanceof Error ? ` (${known.cause.message})` : ''
  process.stderr.write(`keersluis: ${known.message}${cause}\n`)
  process.exitCode = 2
}
