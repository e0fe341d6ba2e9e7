import { Option, type Command } from 'commander'
import { roles } from '../store/store.js'
import { addCommand, print, viaGate, wholeNumber } from './command.js'

export function addKeyCommands (root: Command): void {
  const keys = root.command('keys').description('create, show and revoke keys')
  addCommand(keys, 'create', 'create a key and print it, once', viaGate(async (client, call) => {
    const { name, role, detail, allow, rate, hashRate } = call.options
    const created = await client.done('POST', '/v1/keys', {
      name,
      roles: role,
      allowHashes: allow !== undefined,
      ...(detail === undefined ? {} : { detail }),
      ...(rate === undefined ? {} : { checksPerMinute: rate }),
      ...(hashRate === undefined ? {} : { hashesPerMinute: hashRate })
    })
    print(call, created, String(created.key))
    return 0
  })).requiredOption('--name <name>', 'what the key is for')
    .addOption(new Option('--role <roles...>', 'what it may do').choices(roles).makeOptionMandatory())
    .addOption(new Option('--detail <detail>', 'whether matches show entries and distances').choices(['short', 'full']))
    .addOption(new Option('--allow <what...>', 'bare hashes may be checked').choices(['hashes']))
    .option('--rate <checks>', 'checks a minute; 0 for no limit', wholeNumber).option('--hash-rate <hashes>', 'bare hashes a minute; 0 for no limit', wholeNumber)
  addCommand(keys, 'list', 'show the keys', viaGate(async (client, call) => {
    const all = await client.done('GET', '/v1/keys') as unknown as Record<string, unknown>[]
    print(call, all, all.map(({ id, name, roles, revokedAt }) => `${String(id)}: ${String(name)}, ${String(roles)}${revokedAt === undefined ? '' : ', revoked'}`))
    return 0
  }))
  addCommand(keys, 'revoke <id>', 'revoke a key at once', viaGate(async (client, call) => {
    const id = call.args[0] ?? ''
    await client.done('DELETE', `/v1/keys/${encodeURIComponent(id)}`)
    print(call, { id, revoked: true }, `key ${id} revoked`)
    return 0
  }))
}
