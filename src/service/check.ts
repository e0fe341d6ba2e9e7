import type { DecodeLimits } from '../media/decoder.js'
import type { Fingerprint, PictureHashes } from '../media/fingerprint.js'
import { unlessGone } from '../pipeline/caller-gone.js'
import type { Lane, Lanes } from '../pipeline/lanes.js'
import { isCutShort, isDistinctive, type FoundHit } from '../pipeline/search.js'
import type { SpooledUpload } from '../pipeline/spooled-upload.js'
import type { Answer, Timings } from '../pipeline/task.js'
import { decide, type Decision, type Remark } from '../policy/verdict.js'
import type { Store } from '../store/store.js'
import { withFramesInStep } from './frames-in-step.js'
import type { KeptChecks } from './kept-checks.js'
import type { Lists } from './lists.js'
import { asAnswer, type CheckAnswer } from './check-answer.js'
import { InFlight, type Finish, type Made } from './in-flight.js'
import { resolveHits } from './resolve-hits.js'

export interface Checked {
  answer: CheckAnswer
  /** Unset where another check hashed the same content. */
  timings?: Timings
}

export interface CheckSettings {
  limits: Record<Lane, DecodeLimits>
  undecidedVerdict: 'hold' | 'block'
}

/** What is known of an upload when its hashing is over. */
interface Examined {
  fingerprint: Fingerprint
  found: FoundHit[]
  listVersion: number
  current: boolean
  /** Unset where another check hashed the same content. */
  timings?: Timings
}

/** One upload's passage through the gate. The one place where its fate branches. */
export class Checks {
  readonly #store: Store
  readonly #lists: Lists
  readonly #lanes: Lanes
  readonly #keptChecks: KeptChecks
  readonly #settings: CheckSettings
  readonly #inFlight = new InFlight()

  constructor ({ store, lists, lanes, keptChecks }: { store: Store, lists: Lists, lanes: Lanes, keptChecks: KeptChecks }, settings: CheckSettings) {
    this.#store = store
    this.#keptChecks = keptChecks
    this.#lists = lists
    this.#lanes = lanes
    this.#settings = settings
  }

  /**
   * The upload's file is gone when this returns, whatever happened.
   * @param signal aborted where the caller has hung up: no more work is done for it
   * @throws KeersluisError `overloaded`, `callerGone`
   */
  async check (upload: SpooledUpload, lane: Lane, keyId: string, signal?: AbortSignal): Promise<Checked> {
    const started = performance.now()
    try {
      const examined = await this.#examine(upload, lane, signal, true)
      const { fingerprint } = examined
      let { listVersion } = examined
      let decision = await this.#decide(examined.found, fingerprint)
      if (decision.verdict !== 'block' && !examined.current) {
        const again = await this.#lanes.research(fingerprint, this.#lists.plan())
        listVersion = again.listVersion
        decision = await this.#decide(again.found, fingerprint)
      }
      const answer = asAnswer(decision, fingerprint, listVersion, performance.now() - started)
      if (answer.verdict !== 'allow') await this.#keptChecks.keep(answer, fingerprint, keyId)
      return { answer, ...(examined.timings === undefined ? {} : { timings: examined.timings }) }
    } finally {
      await upload.remove()
    }
  }

  /** Hashes and searches; content that another check is hashing just now is only searched, once that check is done. */
  async #examine (upload: SpooledUpload, lane: Lane, signal: AbortSignal | undefined, mayFollow: boolean): Promise<Examined> {
    const shared: { made?: Promise<Made>, finish?: Finish } = {}
    try {
      const { hits, ...examination } = await this.#lanes.examine(lane, upload.handOver(), this.#settings.limits[lane], this.#lists.plan(), {
        signal,
        onDigests: async (sha256, hits) => {
          if (await this.#stopAtBlock(hits, []) === 'stop') return 'stop'
          const made = mayFollow ? this.#inFlight.follow(sha256) : undefined
          if (made === undefined) shared.finish = this.#inFlight.lead(sha256)
          else shared.made = made
          return made === undefined ? 'continue' : 'stop'
        },
        onPictures: async (hits, pictures) => await this.#stopAtBlock(hits, pictures)
      })
      if (examination.fingerprint.complete) shared.finish?.(examination.fingerprint)
      if (shared.made === undefined) return { ...examination, found: hits }
    } finally {
      shared.finish?.(signal?.aborted === true ? 'left' : undefined)
    }
    const made = await unlessGone(shared.made, signal)
    // Of those who followed one who left, one leads the others.
    if (made === undefined || made === 'left') return await this.#examine(upload, lane, signal, made === 'left')
    return { fingerprint: made, ...await this.#lanes.research(made, this.#lists.plan()) }
  }

  async #stopAtBlock (hits: FoundHit[], pictures: PictureHashes[]): Promise<Answer> {
    if (hits.length === 0) return 'continue'
    const resolved = await resolveHits(this.#store, this.#lists, hits, pictures)
    const decision = decide({
      hits: resolved,
      pictures: pictures.map(asChecked),
      usablePictures: Math.max(2, pictures.length),
      undecided: [],
      remarks: [],
      holdNotDistinctive: false,
      undecidedVerdict: 'hold'
    })
    return decision.verdict === 'block' ? 'stop' : 'continue'
  }

  async #decide (found: FoundHit[], fingerprint: Fingerprint): Promise<Decision> {
    const plan = this.#lists.plan()
    const usable = fingerprint.pictures.filter(picture => isDistinctive(picture, plan)).length
    const remarks: Remark[] = []
    if (fingerprint.complete && fingerprint.media.kind === 'other' && fingerprint.undecided.length === 0) remarks.push('notMedia')
    else if (fingerprint.complete && usable === 0 && fingerprint.undecided.length === 0) remarks.push('notDistinctive')
    return decide({
      hits: await withFramesInStep(this.#store, await resolveHits(this.#store, this.#lists, found, fingerprint.pictures), fingerprint.pictures),
      pictures: fingerprint.pictures.map(asChecked),
      usablePictures: usable,
      undecided: isCutShort(found) ? [...fingerprint.undecided, 'tooManyMatches'] : fingerprint.undecided,
      remarks,
      holdNotDistinctive: this.#lists.holdNotDistinctive,
      undecidedVerdict: this.#settings.undecidedVerdict
    })
  }
}

function asChecked (picture: PictureHashes): { timeS?: number, pdq?: Uint8Array } {
  const pdq = picture.variants[0]?.pdq
  return { ...(picture.timeS === undefined ? {} : { timeS: picture.timeS }), ...(pdq === undefined ? {} : { pdq }) }
}
