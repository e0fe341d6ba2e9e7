import { setTimeout } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import type { Command } from 'commander'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.js'
import { KeersluisError } from '../errors.js'
import { letHeapsGrow } from '../heap-growth.js'
import { addCommand } from './command.js'

const testCard = new URL('../../fixtures/test-card.png', import.meta.url).pathname

export function addServeCommand (root: Command): void {
  addCommand(root, 'serve', 'run the gate', async ({ config }) => {
    await serve(config)
    return 0
  })
}

async function serve (config: Config): Promise<void> {
  letHeapsGrow()
  // Nobody reads them any more, or the disk below them is full: that must not end a gate.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const { listenLocally, openGate, seed } = await import('../compose.js')
  const gate = await openGate(config)
  const grace = closeWithGrace({ delay: config.shutdownMsMax, logger: gate.logger }, async ({ signal }) => {
    gate.refuse()
    // Who is told to end by a program has callers and load balancers that should hear of it; who presses Ctrl-C waits for the prompt.
    if (signal === 'SIGTERM') await setTimeout(config.drainMs)
    await gate.close()
  })
  const { keyFile } = await seed(gate, config, testCard)
  try {
    await listenLocally(gate, config)
    await listen(gate.app, config.host, config.port, 'KEERSLUIS_HOST or KEERSLUIS_PORT')
    if (config.opsPort >= 0) await listen(gate.opsApp, config.opsHost, config.opsPort, 'KEERSLUIS_OPS_HOST or KEERSLUIS_OPS_PORT')
  } catch (error) {
    // It would end the process with 0.
    grace.uninstall()
    await gate.close()
    throw error
  }
  if (keyFile !== undefined) process.stderr.write(`The first key, for operators and analysts, is in ${keyFile}\n`)
  const port = gate.app.addresses().map(address => typeof address === 'string' ? config.port : address.port)[0] ?? config.port
  process.stdout.write(JSON.stringify({ listening: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}` }) + '\n')
  const { video } = await gate.services.decoders.abilities()
  if (video === undefined) process.stderr.write('No video decoder is installed: videos are undecided (decoderMissing) and held. keersluis doctor says how to get one.\n')
}

/** @throws KeersluisError `portUnusable` */
async function listen (app: FastifyInstance, host: string, port: number, settings: string): Promise<void> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw new KeersluisError('portUnusable', `Port ${port} on ${host} cannot be listened on (${String(error.code)}): stop what uses it, or choose another with ${settings}.`, { cause: error })
  })
}
