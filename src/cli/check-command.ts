import type { Command } from 'commander'
import { bytesToHex } from '../hash/bits.js'
import { KeersluisError } from '../errors.js'
import { undecidedReasons } from '../media/decoder.js'
import { readHead } from '../media/file-head.js'
import { headBytes, laneOf } from '../media/sniff.js'
import type { Fingerprint } from '../media/fingerprint.js'
import type { Client } from './client.js'
import { addCommand, print, readable, viaGate, worstExit, type Call, type ExitCode } from './command.js'

export function addCheckCommands (root: Command): void {
  addCommand(root, 'check <files...>', 'check files as uploads', viaGate(async (client, call) => {
    const exits: ExitCode[] = []
    for (const file of call.args) exits.push(await checkFile(client, call, file))
    return worstExit(exits)
  }))
  addCommand(root, 'hash <files...>', 'print the hashes of files, as a check takes them', async call => {
    const { openHasher } = await import('../compose.js')
    const hasher = openHasher(call.config)
    const exits: ExitCode[] = []
    try {
      for (const file of call.args) exits.push(show(call, file, await hasher.hash(file, laneOfFile(file))))
    } finally {
      await hasher.close()
    }
    return worstExit(exits)
  })
}

async function checkFile (client: Client, call: Call, file: string): Promise<ExitCode> {
  const { body, status } = await client.call('POST', '/v1/checks', await readable(file))
  if (status !== 200) {
    print(call, { file, ...body }, `${file}: ${String(body.detail)}`)
    return 2
  }
  const reasons = (body.reasons as { code: string, list?: string }[]).map(({ code, list }) => list === undefined ? code : `${code} on list ${list}`)
  print(call, { file, ...body }, `${file}: ${String(body.verdict)}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`)
  if (body.verdict === 'allow') return 0
  return isUndecided(body) ? 2 : 1
}

/** Held or blocked only because the gate could not decide. */
function isUndecided ({ reasons, matches }: Record<string, unknown>): boolean {
  const codes: readonly string[] = undecidedReasons
  return (reasons as { code: string }[]).some(reason => codes.includes(reason.code)) && !(matches as { enforced: boolean }[]).some(match => match.enforced)
}

/** @throws KeersluisError `fileUnreadable` */
function laneOfFile (file: string): 'picture' | 'video' {
  try {
    return laneOf(readHead(file, headBytes))
  } catch (error) {
    throw new KeersluisError('fileUnreadable', `The file ${file} cannot be read.`, { cause: error })
  }
}

function show (call: Call, file: string, { digests, pictures, undecided }: Fingerprint): ExitCode {
  const shown = {
    file,
    sha256: bytesToHex(digests.sha256),
    sha1: bytesToHex(digests.sha1),
    md5: bytesToHex(digests.md5),
    pictures: pictures.flatMap(({ timeS, variants }) => variants.map(({ variant, pdq, pdqQuality, blockhash, stableBits }) => ({
      variant,
      pdq: bytesToHex(pdq),
      pdqQuality,
      ...(blockhash === undefined ? {} : { blockhash: bytesToHex(blockhash), stableBits }),
      ...(timeS === undefined ? {} : { timeS })
    }))),
    ...(undecided.length > 0 ? { undecided } : {})
  }
  const lines = shown.pictures.map(({ variant, timeS, pdq, pdqQuality }) => `  ${variant}${timeS === undefined ? '' : ` at ${timeS} s`}: pdq ${pdq} (quality ${pdqQuality})`)
  print(call, shown, [file, `  sha256 ${shown.sha256}`, ...lines, ...undecided.map(reason => `  not all could be decoded: ${reason}`)])
  return undecided.length > 0 ? 2 : 0
}
