import { bytesToHex } from '../hash/bits.js'
import { KeersluisError } from '../errors.js'
import type { Fingerprint } from '../media/fingerprint.js'
import type { Verdict } from '../policy/verdict.js'
import type { KeptCheck, Resolution, Role, Store } from '../store/store.js'
import { showAnswer, type CheckAnswer } from './check-answer.js'

/** Whoever asks for a kept check. */
export interface Reader {
  keyId: string
  roles: readonly Role[]
  detail: 'short' | 'full'
}

/** Blocked and held checks, for as long as they are kept. */
export class KeptChecks {
  readonly #store: Store
  readonly #keptCheckDays: number

  constructor (store: Store, keptCheckDays: number) {
    this.#store = store
    this.#keptCheckDays = keptCheckDays
  }

  async keep (answer: CheckAnswer, fingerprint: Fingerprint, keyId: string): Promise<void> {
    const now = new Date()
    await this.#store.keepCheck({
      id: answer.id,
      keyId,
      createdAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + this.#keptCheckDays * 86_400_000).toISOString(),
      verdict: answer.verdict === 'block' ? 'block' : 'hold',
      undecided: answer.matches.every(match => !match.enforced),
      answer: JSON.stringify(showAnswer(answer, 'full')),
      fingerprint: JSON.stringify(showFingerprint(fingerprint))
    })
  }

  /** The answer as it was given, with the verdict of now. For analysts, and for the key that sent it. @throws KeersluisError `notKept` */
  async find (id: string, reader: Reader): Promise<Record<string, unknown>> {
    const check = await this.#store.keptCheck(id)
    const mayRead = check !== undefined && (reader.roles.includes('analyst') || check.keyId === reader.keyId)
    if (!mayRead) throw new KeersluisError('notKept', 'No check is kept under this id; allowed checks are never kept.')
    const answer = JSON.parse(check.answer) as Record<string, unknown> & { matches: Record<string, unknown>[] }
    const matches = reader.detail === 'full' ? answer.matches : answer.matches.map(({ list, category, reference, kind, enforced, excluded }) => ({ list, category, reference, kind, enforced, excluded }))
    return { ...answer, matches, verdict: verdictNow(check), ...(check.resolution === undefined ? {} : { resolution: check.resolution }), expiresAt: check.expiresAt }
  }

  /**
   * Releases or blocks what is held. An analyst may; so may the key that sent it, where nothing matched and the gate
   * could not decide. @throws KeersluisError `notKept`, `alreadyResolved`
   */
  async resolve (id: string, wanted: Pick<Resolution, 'action' | 'reason'>, reader: Reader): Promise<{ id: string, verdict: Verdict, resolution: Resolution }> {
    const check = await this.#store.keptCheck(id)
    const mayResolve = check !== undefined && (reader.roles.includes('analyst') || (check.keyId === reader.keyId && check.undecided))
    if (!mayResolve) throw new KeersluisError('notKept', 'No check that you may resolve is kept under this id.')
    const at = new Date()
    const resolution = { ...wanted, at: at.toISOString(), by: reader.keyId }
    const resolved = await this.#store.resolveCheck(id, resolution, { at, actor: reader.keyId, action: 'checkResolved' })
    if (!resolved) throw new KeersluisError('alreadyResolved', 'Only a held check can be resolved, and only once.')
    return { id, verdict: verdictOf(resolution), resolution }
  }
}

function verdictNow ({ verdict, resolution }: KeptCheck): Verdict {
  return resolution === undefined ? verdict : verdictOf(resolution)
}

function verdictOf ({ action }: Resolution): Verdict {
  return action === 'release' ? 'allow' : 'block'
}

/** Pictures kept of one fingerprint. */
const picturesKeptMax = 1000

/** What is kept of a fingerprint, for whoever looks at the check later. */
function showFingerprint (fingerprint: Fingerprint): unknown {
  const { digests, pictures } = fingerprint
  return {
    md5: bytesToHex(digests.md5),
    sha1: bytesToHex(digests.sha1),
    sha256: bytesToHex(digests.sha256),
    pictures: pictures.slice(0, picturesKeptMax).map(({ frame, timeS, variants }) => ({
      frame,
      timeS,
      variants: variants.map(({ variant, pdq, pdqQuality, blockhash, stableBits }) => ({
        variant, pdq: bytesToHex(pdq), pdqQuality, stableBits, ...(blockhash === undefined ? {} : { blockhash: bytesToHex(blockhash) })
      }))
    }))
  }
}
