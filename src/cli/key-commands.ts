import type { Command } from 'commander'
import { addCommand, print, viaGate } from './command.js'

export function addKeyCommands (root: Command): void {
  const keys = root.command('keys').description('create, show and revoke keys')
  addCommand(keys, 'create', 'create a key and print it, once', viaGate(async (client, call) => {
    const { name, role, detail, allow, rate, hashRate } = call.options
    const created = await client.done('POST', '/v1/keys', {
      name,
      roles: role,
      allowHashes: Array.isArray(allow) && allow.includes('hashes'),
      ...(detail === undefined ? {} : { detail }),
      ...(rate === undefined ? {} : { checksPerMinute: Number(rate) }),
      ...(hashRate === undefined ? {} : { hashesPerMinute: Number(hashRate) })
    })
    print(call, created, String(created.key))
    return 0
  })).requiredOption('--name <name>', 'what the key is for').requiredOption('--role <roles...>', 'provider, analyst, operator')
    .option('--detail <detail>', 'short or full: whether matches show entries and distances').option('--allow <what...>', 'hashes: may check bare hashes')
    .option('--rate <checks>', 'checks a minute; 0 for no limit').option('--hash-rate <hashes>', 'bare hashes a minute; 0 for no limit')
  addCommand(keys, 'list', 'show the keys', viaGate(async (client, call) => {
    const all = await client.done('GET', '/v1/keys') as unknown as Record<string, unknown>[]
    print(call, all, all.map(({ id, name, roles, revokedAt }) => `${String(id)}: ${String(name)}, ${String(roles)}${revokedAt === undefined ? '' : ', revoked'}`).join('\n'))
    return 0
  }))
  addCommand(keys, 'revoke <id>', 'revoke a key at once', viaGate(async (client, call) => {
    const id = call.args[0] ?? ''
    await client.done('DELETE', `/v1/keys/${encodeURIComponent(id)}`)
    print(call, { id, revoked: true }, `key ${id} revoked`)
    return 0
  }))
}
