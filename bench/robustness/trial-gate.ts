import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { openGate, type Gate } from '#keersluis/compose.js'
import { loadConfig, type Config } from '#keersluis/config.js'
import { KeersluisError } from '#keersluis/errors.js'
import type { Fingerprint } from '#keersluis/media/fingerprint.js'
import type { SearchPlan } from '#keersluis/pipeline/search.js'
import type { CheckAnswer } from '#keersluis/service/check-answer.js'
import type { ItemAdded } from '#keersluis/service/known-material.js'

export type Lane = 'picture' | 'video'

const listName = 'known'
const actor = 'bench'
/** Verdicts do not depend on how busy the machine is: an item is complete when the gate answers, and decoding has this long, too. */
const patienceMs = '600000'

/**
 * The product itself without its sockets: a gate in a folder of its own with one blocking list and the default policy.
 * Verdicts come from the same `Checks` that answers over HTTP. `close` it, and nothing is left.
 */
export class TrialGate {
  readonly #gate: Gate
  readonly #config: Config
  readonly #folder: string
  readonly #keyId: string

  private constructor (gate: Gate, config: Config, folder: string, keyId: string) {
    this.#gate = gate
    this.#config = config
    this.#folder = folder
    this.#keyId = keyId
  }

  static async open (): Promise<TrialGate> {
    const folder = await mkdtemp(path.join(tmpdir(), 'keersluis-bench-'))
    const config = loadConfig({ dataDir: path.join(folder, 'gate'), logLevel: 'error', addSyncMs: patienceMs, pictureMsMax: patienceMs, videoMsMax: patienceMs }, {})
    const gate = await openGate(config)
    await gate.services.lists.create({ name: listName, kind: 'known', action: 'block', category: '', source: 'bench', legalGround: '' }, actor)
    const { id } = await gate.services.accounts.create({ name: 'bench', roles: ['provider'], detail: 'full' }, actor)
    return new TrialGate(gate, config, folder, id)
  }

  /** A path for a file that lives as long as the gate. */
  newFile (extension: string): string {
    return path.join(this.#folder, randomUUID() + extension)
  }

  /** A path for a file that is gone when `use` has ended. */
  async withFile<Result> (extension: string, use: (file: string) => Promise<Result>): Promise<Result> {
    const file = this.newFile(extension)
    try {
      return await use(file)
    } finally {
      await rm(file, { force: true })
    }
  }

  async addItem (media: Buffer | string, lane: Lane): Promise<ItemAdded> {
    return await this.#gate.services.knownMaterial.addMedia(listName, { upload: await this.#spool(media), lane }, {}, actor)
  }

  async check (media: Buffer | string, lane: Lane): Promise<CheckAnswer> {
    return (await this.#gate.services.checks.check(await this.#spool(media), lane, this.#keyId)).answer
  }

  /** How far the gate looks, for searches beside it. */
  get plan (): SearchPlan { return this.#gate.services.lists.plan() }

  /** What the gate hashes of an upload, whatever its verdict. */
  async fingerprint (media: Buffer | string, lane: Lane): Promise<Fingerprint> {
    const upload = await this.#spool(media)
    const { lanes, lists } = this.#gate.services
    try {
      const examination = await lanes.examine(lane, upload.handOver(), { ...this.#config, decodeMsMax: this.#config.videoMsMax }, lists.plan(), {
        onDigests: async () => 'continue',
        onPictures: async () => 'continue'
      })
      return examination.fingerprint
    } finally {
      await upload.remove()
    }
  }

  async close (): Promise<void> {
    await this.#gate.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #spool (media: Buffer | string): ReturnType<Gate['services']['spool']['receive']> {
    const stream = typeof media === 'string' ? createReadStream(media) : Readable.from([media])
    return await this.#gate.services.spool.receive(stream, 1, () => {})
  }
}

/** What the gate made of an upload; `undefined` where it takes none of such a size. */
export async function takenUpload<Result> (work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof KeersluisError && (error.code === 'uploadTooLarge' || error.code === 'emptyUpload')) return undefined
    throw error
  }
}
