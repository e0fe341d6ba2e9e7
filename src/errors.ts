/**
 * Every error that a user, a client or an operator can meet, with its HTTP status.
 * `docs/reference/errors.md` explains each code; a test holds the two together.
 */
export const errorCodes = {
  // The request
  invalidRequest: { status: 400, title: 'The request does not fit the schema' },
  malformedHash: { status: 400, title: 'A hash is malformed' },
  emptyUpload: { status: 400, title: 'The upload has no bytes' },
  noFile: { status: 400, title: 'The multipart body has no file' },
  severalFiles: { status: 400, title: 'The multipart body has more than one file' },
  uploadInterrupted: { status: 400, title: 'The upload ended before it was complete' },
  callerGone: { status: 499, title: 'The caller hung up before the answer' },
  uploadTooLarge: { status: 413, title: 'The upload is larger than the limit' },
  requestTooLarge: { status: 413, title: 'The request body is larger than the limit' },
  unsupportedMediaType: { status: 415, title: 'This call takes another content type' },
  // Access
  keyMissing: { status: 401, title: 'No key was sent' },
  keyInvalid: { status: 401, title: 'The key is unknown or revoked' },
  roleMissing: { status: 403, title: 'The key does not hold the role for this call' },
  hashesNotAllowed: { status: 403, title: 'The key may not check bare hashes' },
  rateLimited: { status: 429, title: 'The key is over its rate limit' },
  // Things that are not there, or in the way
  unknownRoute: { status: 404, title: 'There is no such call' },
  unknownList: { status: 404, title: 'There is no such list' },
  unknownItem: { status: 404, title: 'There is no such item on this list' },
  unknownJob: { status: 404, title: 'There is no such job' },
  unknownKey: { status: 404, title: 'There is no such key' },
  notKept: { status: 404, title: 'No check is kept under this id' },
  listExists: { status: 409, title: 'A list of this name exists' },
  listReserved: { status: 409, title: 'The list is built in and cannot be changed' },
  confirmCollision: { status: 409, title: 'The exclusion is close to known material' },
  alreadyResolved: { status: 409, title: 'The check is not held' },
  // The gate itself
  overloaded: { status: 503, title: 'The gate is at its limit' },
  shuttingDown: { status: 503, title: 'The gate is shutting down' },
  notReady: { status: 503, title: 'The gate cannot decide now' },
  internal: { status: 500, title: 'The gate failed' },
  // The command line and the start
  configInvalid: { status: 500, title: 'A setting is invalid' },
  dataDirUnusable: { status: 500, title: 'The data folder cannot be used' },
  dataDirLocked: { status: 500, title: 'Another gate holds the data folder' },
  storeFull: { status: 507, title: 'The store has no entry ids left' },
  storeTooNew: { status: 500, title: 'The store was written by a newer version' },
  storeDamaged: { status: 500, title: 'The store is damaged' },
  gateUnreachable: { status: 500, title: 'The running gate does not answer' },
  fileUnreadable: { status: 500, title: 'A file cannot be read' },
  portUnusable: { status: 500, title: 'The port cannot be listened on' }
} as const satisfies Record<string, { status: number, title: string }>

export type ErrorCode = keyof typeof errorCodes

/** The one error class. `message` is one clear sentence that says what to do; it never holds a hash, a key or a file name of material. */
export class KeersluisError extends Error {
  override readonly name = 'KeersluisError'
  readonly code: ErrorCode
  /** Seconds after which a client may try again, for `overloaded`, `shuttingDown` and `rateLimited`. */
  readonly retryAfterS: number | undefined

  constructor (code: ErrorCode, message: string, options: { cause?: unknown, retryAfterS?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterS = options.retryAfterS
  }

  get status (): number { return errorCodes[this.code].status }
  get title (): string { return errorCodes[this.code].title }
}

/** The error as the one thrown type: passes ours through, wraps anything else as `internal`. */
export function asKeersluisError (error: unknown): KeersluisError {
  if (error instanceof KeersluisError) return error
  return new KeersluisError('internal', 'The gate failed; its log has the details.', { cause: error })
}
