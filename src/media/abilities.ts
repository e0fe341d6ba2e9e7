import type { DecoderAbilities, DecoderOptions } from './decoder.js'
import { DecoderProcess } from './decoder-process.js'

const answerMsMax = 30_000

/**
 * Asks a decoder child of its own what it can do here.
 * @throws Error where no child starts, or none answers: then nothing can be decoded at all
 */
export async function probeAbilities (options: DecoderOptions): Promise<DecoderAbilities> {
  const child = new DecoderProcess(options)
  const timer = setTimeout(() => child.kill('deadline'), answerMsMax)
  try {
    await child.ready
    return await new Promise<DecoderAbilities>((resolve, reject) => {
      child.onMessage = message => { if (message.type === 'abilities') resolve(message.abilities) }
      child.died.then(() => reject(new Error('The decoder child ended before it answered.'))).catch(reject)
      child.send({ type: 'abilities' })
    })
  } finally {
    clearTimeout(timer)
    await child.close()
  }
}
