#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { Command, CommanderError } from 'commander'
import { addCheckCommands } from './cli/check-command.js'
import { addImportCommand } from './cli/import-command.js'
import { addKeyCommands } from './cli/key-commands.js'
import { addListCommands } from './cli/list-commands.js'
import { addOperationCommands } from './cli/operation-commands.js'
import { addServeCommand } from './cli/serve-command.js'
import { asKeersluisError } from './errors.js'
import { onOneLine } from './service/item-texts.js'

const program = new Command('keersluis').description('A gate for upload sites: known abuse material is blocked before it is published.')
  .version(await version()).exitOverride()
addServeCommand(program)
addCheckCommands(program)
addListCommands(program)
addImportCommand(program)
addKeyCommands(program)
addOperationCommands(program)

async function version (): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}

try {
  await program.parseAsync()
} catch (error) {
  // Commander has said on stderr what is wrong with the words; 0 is that of --help.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const known = asKeersluisError(error)
    const cause = known.code === 'internal' && known.cause instanceof Error ? ` (${known.cause.message})` : ''
    process.stderr.write(`keersluis: ${onOneLine(known.message + cause)}\n`)
    process.exitCode = 2
  }
}
