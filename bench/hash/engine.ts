import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Cost, FromEngine, ToEngine } from './engine-process.js'
import type { EngineName } from './engines.js'
import type { StageTimes } from './stages.js'

const program = fileURLToPath(new URL('./engine-process.js', import.meta.url))

/** An engine in a process of its own: none feels the heap or the compiled code of another. */
export class EngineProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  /** Takes the next answer. */
  #answered: (reply: FromEngine) => void = () => {}

  constructor (name: EngineName) {
    this.#child = fork(program, [name])
    this.#ended = once(this.#child, 'exit').then(() => {})
    this.#child.on('message', (reply: FromEngine) => { this.#answered(reply) })
  }

  async cost (paths: readonly string[], passes: number): Promise<Cost> {
    const reply = await this.#ask({ kind: 'hash', paths, passes })
    if (reply.kind !== 'cost') throw new Error('an engine answered something else')
    return reply.cost
  }

  async stages (paths: readonly string[]): Promise<StageTimes> {
    const reply = await this.#ask({ kind: 'stages', paths })
    if (reply.kind !== 'stages') throw new Error('an engine answered something else')
    return reply.stages
  }

  async close (): Promise<void> {
    if (this.#child.connected) this.#send({ kind: 'close' })
    await this.#ended
  }

  async #ask (message: ToEngine): Promise<Exclude<FromEngine, { kind: 'failure' }>> {
    const answered = new Promise<FromEngine>(resolve => { this.#answered = resolve })
    this.#send(message)
    const reply = await Promise.race([answered, this.#ended])
    if (reply === undefined) throw new Error('an engine ended before it answered')
    if (reply.kind === 'failure') throw new Error(reply.message)
    return reply
  }

  #send (message: ToEngine): void {
    this.#child.send(message)
  }
}
