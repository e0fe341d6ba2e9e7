import path from 'node:path'
import type { Command } from 'commander'
import { environmentName, settingKeys } from '../config.js'
import { addCommand, print, viaGate } from './command.js'
import { diagnose } from './doctor.js'

export function addOperationCommands (root: Command): void {
  addCommand(root, 'doctor', 'say what is missing here and how to get it', async call => {
    const findings = await diagnose(call.config)
    const isWell = findings.every(finding => finding.ok)
    print(call, { ok: isWell, findings }, findings.flatMap(({ ok, what, found, remedy }) => [`${ok ? 'ok     ' : 'missing'}  ${what}: ${found}`, ...(remedy === undefined ? [] : [`         ${remedy}`])]))
    return isWell ? 0 : 1
  })
  addCommand(root, 'backup <file>', 'write a copy of the store while the gate runs', viaGate(async (client, call) => {
    const file = path.resolve(call.args[0] ?? '')
    await client.done('POST', '/v1/backup', { file })
    print(call, { file }, `the store is copied to ${file}`)
    return 0
  }))
  const audit = root.command('audit').description('verify the audit log')
  addCommand(audit, 'verify', 'verify that no record of the audit log was altered', viaGate(async (client, call) => {
    const verification = await client.done('GET', '/v1/audit/verification')
    const { intact, records, lastHash, brokenAtSeq } = verification
    print(call, verification, intact === true ? `${String(records)} records, intact; the last has the hash ${String(lastHash)}` : `broken at record ${String(brokenAtSeq)}`)
    return intact === true ? 0 : 2
  }))
  addCommand(root, 'config', 'print the settings in force', async call => {
    print(call, call.config, settingKeys.map(key => `${environmentName(key)}=${String(call.config[key])}`))
    return 0
  })
}
