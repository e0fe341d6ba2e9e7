import { createReadStream, type ReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { flagName, loadConfig, settingKeys, settingsSchema, type Config, type SettingKey } from '../config.js'
import { KeersluisError } from '../errors.js'
import { onOneLine } from '../service/item-texts.js'
import { withGate, type Client } from './client.js'

/** 0 clean or done, 1 blocked, held or refused, 2 could not decide or failed. */
export type ExitCode = 0 | 1 | 2

/** One call of a command. */
export interface Call {
  config: Config
  /** Print JSON. */
  json: boolean
  args: string[]
  options: Record<string, unknown>
}

export type Work = (call: Call) => Promise<ExitCode>

/** Adds a command to its parent, with `--json` and every setting as a flag. */
export function addCommand (parent: Command, spec: string, description: string, work: Work): Command {
  const command = parent.command(spec).description(description).option('--json', 'print JSON')
  for (const key of settingKeys) command.addOption(new Option(`${flagName(key)} <value>`, describe(key)).hideHelp())
  command.addHelpText('after', '\nEvery setting is a flag, too: keersluis config prints them, docs/reference/configuration.md explains them.')
  return command.action(async (...given: unknown[]) => {
    const options = command.opts<Record<string, unknown>>()
    const flags: Partial<Record<SettingKey, string>> = {}
    for (const key of settingKeys) if (typeof options[key] === 'string') flags[key] = options[key]
    const exit = await work({ config: loadConfig(flags), json: options.json === true, args: given.slice(0, -2).flat().map(String), options })
    if (!hasLostOutput()) process.exitCode = exit
  })
}

/** Work that is done through a gate: the one that runs, or one for its own time. */
export function viaGate (work: (client: Client, call: Call) => Promise<ExitCode>): Work {
  return async call => await withGate(call.config, async client => await work(client, call))
}

/** Prints JSON on one line, or lines for people. Names that others gave must not steer the terminal. */
export function print ({ json }: Call, value: object, lines: string | readonly string[]): void {
  const text = json ? [JSON.stringify(value)] : [lines].flat().map(onOneLine)
  output().write(text.map(line => line + '\n').join(''))
}

/** How a command ends whose output nobody read; set while it still works. */
const lostOutput: ExitCode = 2

/** Stdout. Who reads it may have gone, as `head` does, and the disk below it may be full: the work goes on, and ends with 2. */
function output (): NodeJS.WriteStream {
  if (process.stdout.listeners('error').includes(onLostOutput)) return process.stdout
  return process.stdout.on('error', onLostOutput)
}

/** Prints bytes as they come. */
export async function printStream (bytes: Readable): Promise<void> {
  await pipeline(bytes, output(), { end: false }).catch((error: unknown) => { if (!hasLostOutput()) throw error })
}

function onLostOutput ({ code }: NodeJS.ErrnoException): void {
  if (!hasLostOutput() && code !== 'EPIPE') process.stderr.write(`keersluis: The output cannot be written (${String(code)}).\n`)
  process.exitCode = lostOutput
}

function hasLostOutput (): boolean {
  return process.exitCode === lostOutput
}

/** For options that take a number. */
export function wholeNumber (text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a whole number.')
}

/** @throws KeersluisError `fileUnreadable` */
export async function readable (file: string): Promise<ReadStream> {
  await access(file, constants.R_OK).catch((error: unknown) => { throw new KeersluisError('fileUnreadable', `The file ${file} cannot be read.`, { cause: error }) })
  if ((await stat(file)).isDirectory()) throw new KeersluisError('fileUnreadable', `${file} is a folder: name a file.`)
  return createReadStream(file)
}

/** The worst of several exits. */
export function worstExit (exits: readonly ExitCode[]): ExitCode {
  return exits.includes(2) ? 2 : exits.includes(1) ? 1 : 0
}

function describe (key: SettingKey): string {
  const schema: object = settingsSchema.properties[key]
  return 'description' in schema ? String(schema.description) : ''
}
