import { Type, type TObject, type TProperties, type TSchema } from 'typebox'
import { digestAlgorithms, perceptualAlgorithms } from '../index/hash-index.js'
import { listActions, listKinds, listPolicySchema } from '../policy/list-policy.js'
import { verdicts } from '../policy/verdict.js'
import { auditActions, roles } from '../store/store.js'

/** What the calls answer. The named ones stand as components in the API description. */

const algorithm = Type.Enum([...digestAlgorithms, ...perceptualAlgorithms])
const count = (description: string) => Type.Integer({ minimum: 0, description })
const timeText = (description: string) => Type.String({ description: `${description} ISO 8601, UTC.` })
const strict = { additionalProperties: false } as const

function named <T extends TProperties> ($id: string, properties: T): { component: TObject<T>, ref: TSchema } {
  return { component: Type.Object(properties, { $id, ...strict }), ref: Type.Unsafe<unknown>({ $ref: `${$id}#` }) }
}

const listVersion = count('The list version: one number that grows with every change of an entry, list or policy.')
const verdict = Type.Enum([...verdicts], { description: 'Publish only on allow.' })

const reason = named('Reason', {
  code: Type.String({ description: 'A code of docs/reference/errors.md.' }),
  list: Type.Optional(Type.String()),
  enforced: Type.Boolean({ description: 'False where the list only observes.' })
})

const match = named('Match', {
  list: Type.String(),
  category: Type.String(),
  reference: Type.Optional(Type.String({ description: 'The number that whoever keeps the list gave to the item.' })),
  kind: Type.Enum(['exact', 'near']),
  enforced: Type.Boolean({ description: 'False where the list only observes.' }),
  excluded: Type.Optional(Type.Boolean({ description: 'True where an exclusion list silenced this match.' })),
  itemId: Type.Optional(Type.Integer({ description: 'Full detail only, as all that follows.' })),
  entryId: Type.Optional(Type.Integer()),
  algorithm: Type.Optional(algorithm),
  distance: Type.Optional(count('In bits; 0 for digests.')),
  orientation: Type.Optional(Type.String({ description: 'How the picture had to be turned to match.' })),
  variant: Type.Optional(Type.String({ description: 'Which part of the upload matched.' })),
  timeS: Type.Optional(Type.Number({ description: 'Where in a film or animation, in seconds.' }))
})

const media = named('Media', {
  kind: Type.Enum(['image', 'animation', 'video', 'other']),
  format: Type.String({ description: 'By content, never by name or declared type.' }),
  width: Type.Optional(count('Upright, in pixels.')),
  height: Type.Optional(count('Upright, in pixels.')),
  frames: Type.Optional(count('Frames that were decoded.')),
  durationS: Type.Optional(Type.Number({ minimum: 0 }))
})

const checkFields = {
  id: Type.String(),
  verdict,
  reasons: Type.Array(reason.ref, { description: 'Worst first.' }),
  matches: Type.Array(match.ref, { description: 'Worst first, one for each item; at most 100.' }),
  complete: Type.Boolean({ description: 'False where a match ended the check before everything was compared.' }),
  checkedBy: Type.Array(algorithm),
  media: media.ref,
  sha256: Type.String({ description: 'Of the upload.' }),
  listVersion,
  elapsedMs: Type.Number({ minimum: 0, description: 'From spooled to decided.' })
}
const check = named('Check', checkFields)

const resolution = named('Resolution', {
  action: Type.Enum(['release', 'block']),
  reason: Type.String(),
  at: timeText('When.'),
  by: Type.String({ description: 'The id of the key that resolved it.' })
})

const keptCheck = named('KeptCheck', {
  ...checkFields,
  resolution: Type.Optional(resolution.ref),
  expiresAt: timeText('When the gate forgets it.')
})

const list = named('List', {
  name: Type.String(),
  kind: Type.Enum([...listKinds]),
  action: Type.Enum([...listActions]),
  category: Type.String(),
  source: Type.String(),
  legalGround: Type.String(),
  policy: listPolicySchema,
  createdAt: timeText('When it was made.'),
  version: count('The list version at which it last changed.')
})

const countedList = named('CountedList', {
  ...list.component.properties,
  items: count('Items in force.'),
  withoutVariants: count('Items that came as bare hashes, without trimmed and cropped variants.')
})

const entry = named('Entry', {
  entryId: Type.Integer(),
  algorithm,
  variant: Type.String(),
  timeS: Type.Optional(Type.Number()),
  matchable: Type.Boolean({ description: 'False where it is kept, but not searched.' })
})

const refusal = named('Refusal', {
  index: count('Of the picture, frame or hash.'),
  code: Type.String({ description: 'A code of docs/reference/errors.md.' }),
  message: Type.String()
})

const itemTexts = {
  reference: Type.Optional(Type.String({ description: 'As it stands: an item that was there already keeps its own.' })),
  category: Type.Optional(Type.String({ description: 'As it stands, too.' }))
}
const itemFields = {
  itemId: Type.Integer(),
  entries: Type.Array(entry.ref, { description: 'In force when this answers. Without the hash values.' }),
  refused: Type.Array(refusal.ref, { description: 'What is kept, but not searched, and why.' }),
  ...itemTexts,
  listVersion
}
const item = named('Item', itemFields)

const startedJob = named('StartedJob', {
  jobId: Type.String(),
  itemId: Type.Integer(),
  entries: Type.Array(entry.ref, { description: 'The digests, in force already.' }),
  refused: itemFields.refused,
  ...itemTexts,
  listVersion
})

const job = named('Job', {
  jobId: Type.String(),
  state: Type.Enum(['running', 'done', 'failed']),
  itemId: Type.Optional(itemFields.itemId),
  entries: Type.Optional(itemFields.entries),
  refused: Type.Optional(itemFields.refused),
  ...itemTexts,
  listVersion: Type.Optional(listVersion),
  code: Type.Optional(Type.String({ description: 'Why it failed: a code of docs/reference/errors.md.' })),
  message: Type.Optional(Type.String())
})

const key = named('Key', {
  id: Type.String(),
  name: Type.String(),
  roles: Type.Array(Type.Enum([...roles])),
  detail: Type.Enum(['short', 'full']),
  allowHashes: Type.Boolean(),
  checksPerMinute: count('0 for no limit.'),
  hashesPerMinute: count('0 for no limit.'),
  createdAt: timeText('When it was made.'),
  revokedAt: Type.Optional(timeText('When it was revoked.'))
})

const auditRecord = named('AuditRecord', {
  seq: Type.Integer({ minimum: 1 }),
  at: timeText('When.'),
  actor: Type.String({ description: 'A key id; local for the command line, gate for the gate itself.' }),
  action: Type.Enum([...auditActions]),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  previousHash: Type.String({ description: 'Hex SHA-256 of the record before; 64 zeros for the first.' }),
  hash: Type.String({ description: 'Hex SHA-256 over this record, previousHash included.' })
})

export const components = [
  reason, match, media, check, resolution, keptCheck, list, countedList, entry, refusal, item, startedJob, job, key, auditRecord
].map(one => one.component)

export const answers = {
  check: check.ref,
  keptCheck: keptCheck.ref,
  resolved: Type.Object({ id: Type.String(), verdict, resolution: resolution.ref }, strict),
  hashChecks: Type.Object({
    listVersion,
    results: Type.Array(Type.Object({
      verdict,
      lists: Type.Optional(Type.Array(Type.String(), { description: 'Without full detail: the lists that matched.' })),
      reasons: Type.Optional(Type.Array(reason.ref, { description: 'With full detail.' })),
      matches: Type.Optional(Type.Array(match.ref, { description: 'With full detail.' }))
    }, strict), { description: 'One for each hash, in the order sent.' })
  }, strict),
  list: list.ref,
  lists: Type.Array(countedList.ref),
  item: item.ref,
  startedJob: startedJob.ref,
  job: job.ref,
  removed: Type.Object({ itemId: Type.Integer(), listVersion }, strict),
  imported: Type.Object({
    lines: count('Lines that were read.'),
    added: count('Hashes that are matchable now and were not before.'),
    known: count('Hashes that the list had already, or earlier in the file.'),
    refused: Type.Record(Type.String(), Type.Integer(), { description: 'How many lines were refused, by code of docs/reference/errors.md.' }),
    refusals: Type.Array(Type.Object({ line: Type.Integer({ minimum: 1 }), code: Type.String() }, strict), { description: 'The first 100 of them, without the hash.' }),
    listVersion
  }, strict),
  changes: Type.Object({
    changes: Type.Array(Type.Object({ version: Type.Integer(), op: Type.Enum(['add', 'remove']), itemId: Type.Integer() }, strict)),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Send it as cursor for the next page; null on the last.' })
  }, strict),
  keys: Type.Array(key.ref),
  newKey: Type.Object({ id: Type.String(), key: Type.String({ description: 'Shown here and nowhere else.' }) }, strict),
  audit: Type.Object({ records: Type.Array(auditRecord.ref, { description: 'At most 1,000; ask again with after = the last seq.' }) }, strict),
  verification: Type.Object({
    intact: Type.Boolean(),
    records: Type.Optional(count('Records that were checked.')),
    lastHash: Type.Optional(Type.String({ description: 'Of the last record. Kept elsewhere, it shows later that nothing was cut off.' })),
    brokenAtSeq: Type.Optional(Type.Integer({ description: 'The first record that does not fit.' }))
  }, strict),
  alive: Type.Object({ status: Type.Enum(['alive']) }, strict),
  ready: Type.Object({
    status: Type.Enum(['ready']),
    listVersion,
    videoDecoder: Type.Union([Type.String(), Type.Null()], { description: 'null where none is installed: then videos are undecided.' })
  }, strict),
  metrics: Type.String({ description: 'Prometheus text format.' }),
  nothing: Type.Null()
}
