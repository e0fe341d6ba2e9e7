import type { DecodedPicture, DecodeLimits, MediaInfo, Sampling, UndecidedReason } from './decoder.js'

/** What one job is, on the child's side. */
export interface DecodeJob {
  path: string
  /** The bytes, where none are at `path`. */
  content?: Buffer
  sampling: Sampling
  limits: DecodeLimits
  /** Hands a picture over, in order; false means that no more are wanted. */
  deliver (picture: DecodedPicture): Promise<boolean>
  /** Whether the receiver has said meanwhile that it wants no more. */
  isStopped (): boolean
  /** Watches the memory of a program that was started for the job, and ends it with the child. */
  watchProgram (pid: number): void
  /** Says early what a film turns out to be, in case its decoding ends the child. */
  announce (media: MediaInfo): void
}

/** What a decoder found; `undecided` without repetitions. */
export interface Finding {
  media: MediaInfo
  undecided: UndecidedReason[]
}

export function addReason ({ undecided }: Pick<Finding, 'undecided'>, reason: UndecidedReason): void {
  if (!undecided.includes(reason)) undecided.push(reason)
}
