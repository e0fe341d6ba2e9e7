import os from 'node:os'
import path from 'node:path'
import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { KeersluisError } from './errors.js'

const MiB = 1024 * 1024

/**
 * Every setting, once: its type, default, bounds and meaning. The environment name and the flag follow from the
 * key (`uploadBytesMax`: `KEERSLUIS_UPLOAD_BYTES_MAX`, `--upload-bytes-max`). A test holds
 * docs/reference/configuration.md to this table.
 */
export const settingsSchema = Type.Object({
  dataDir: Type.String({ default: './keersluis-data', minLength: 1, description: 'Folder of the store, the spool, the snapshot and the first key.' }),
  host: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address the API listens on.' }),
  port: Type.Integer({ default: 8080, minimum: 0, maximum: 65535, description: 'Port of the API; 0 lets the system choose.' }),
  opsHost: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address of the ops port.' }),
  opsPort: Type.Integer({ default: -1, minimum: -1, maximum: 65535, description: 'Port of /readyz and /metrics without a key; -1 for none.' }),
  logLevel: Type.Enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug'], { default: 'info', description: 'How much is logged on stderr.' }),

  // At least the test card, which a first start takes in as an upload.
  uploadBytesMax: Type.Integer({ default: 1024 * MiB, minimum: 64 * 1024, maximum: 64 * 1024 * MiB, description: 'Largest upload in bytes.' }),
  uploadMsMax: Type.Integer({ default: 300_000, minimum: 100, maximum: 86_400_000, description: 'Longest time an upload may take to arrive.' }),
  connectionsMax: Type.Integer({ default: 10_000, minimum: 1, maximum: 1_000_000, description: 'Open connections of a port; beyond it a new one is answered `overloaded` and closed. Each needs a file descriptor.' }),
  requestBytesMax: Type.Integer({ default: 4 * MiB, minimum: 1024, maximum: 64 * MiB, description: 'Largest JSON body in bytes.' }),
  spoolBytesMax: Type.Integer({ default: 16 * 1024 * MiB, minimum: MiB, description: 'Bytes of all uploads in flight; beyond it the gate answers overloaded.' }),
  spoolMemoryBytesMax: Type.Integer({ default: 64 * MiB, minimum: 0, description: 'Memory for small uploads while they are checked; what finds no room there is written to the disk as it arrives.' }),

  pictureWorkers: Type.Integer({ default: 0, minimum: 0, maximum: 256, description: 'Worker threads of the picture lane; 0 is one for each core.' }),
  videoWorkers: Type.Integer({ default: 0, minimum: 0, maximum: 256, description: 'Worker threads of the video lane; 0 is one for every two cores.' }),
  pictureQueueMax: Type.Integer({ default: 64, minimum: 0, maximum: 100_000, description: 'Uploads that may wait for the picture lane.' }),
  videoQueueMax: Type.Integer({ default: 16, minimum: 0, maximum: 100_000, description: 'Uploads that may wait for the video lane.' }),

  pictureMsMax: Type.Integer({ default: 10_000, minimum: 50, maximum: 600_000, description: 'Deadline for decoding a picture.' }),
  videoMsMax: Type.Integer({ default: 60_000, minimum: 50, maximum: 3_600_000, description: 'Deadline for decoding a video upload.' }),
  itemMsMax: Type.Integer({ default: 1_800_000, minimum: 50, maximum: 86_400_000, description: 'Deadline for decoding known material.' }),
  decoderMemoryBytesMax: Type.Integer({ default: 1536 * MiB, minimum: 128 * MiB, description: 'Resident size at which a decoder child is killed.' }),
  decoderJobsMax: Type.Integer({ default: 5000, minimum: 1, description: 'Jobs after which a decoder child is replaced.' }),
  picturePixelsMax: Type.Integer({ default: 100_000_000, minimum: 1, maximum: 1_000_000_000, description: 'Largest picture or video frame in pixels.' }),
  pictureSideMinPx: Type.Integer({ default: 24, minimum: 5, maximum: 512, description: 'Pictures with a shorter side are checked by digest only.' }),
  animationFramesMax: Type.Integer({ default: 200, minimum: 1, maximum: 100_000, description: 'Frames hashed of an animated image.' }),
  videoFramesMax: Type.Integer({ default: 4000, minimum: 1, maximum: 1_000_000, description: 'Frames hashed of an uploaded video.' }),
  videoDurationSMax: Type.Integer({ default: 14_400, minimum: 1, description: 'Longest video that is decided, in seconds.' }),
  videoGapSMax: Type.Number({ default: 5, minimum: 0.1, maximum: 60, description: 'Widest gap between two hashed frames of an upload, in seconds.' }),
  denseFps: Type.Number({ default: 8, minimum: 1, maximum: 60, description: 'Frames hashed for each second of a known video.' }),
  videoDecoder: Type.Enum(['auto', 'libav', 'ffmpeg'], { default: 'auto', description: 'Which video decoder to use.' }),
  ffmpegPath: Type.String({ default: '', description: 'The ffmpeg program; empty looks at FFMPEG_PATH, ffmpeg-static, then ffmpegSearchPath.' }),
  ffmpegSearchPath: Type.String({ default: '', description: 'Folders in which the ffmpeg program is looked for; empty is PATH.' }),

  itemEntriesMax: Type.Integer({ default: 20_000, minimum: 1, maximum: 1_000_000, description: 'Most entries of one item.' }),
  batchHashesMax: Type.Integer({ default: 1000, minimum: 1, maximum: 10_000, description: 'Most hashes in one call.' }),
  addSyncMs: Type.Integer({ default: 20_000, minimum: 0, maximum: 600_000, description: 'How long an add may take before it is answered with a job.' }),
  undecidedVerdict: Type.Enum(['hold', 'block'], { default: 'hold', description: 'The verdict on an upload that could not be decided.' }),
  keptCheckDays: Type.Integer({ default: 90, minimum: 1, maximum: 3650, description: 'Days that blocked and held checks are kept.' }),
  checksPerMinute: Type.Integer({ default: 0, minimum: 0, description: 'Checks a minute of a new key; 0 for no limit.' }),
  hashesPerMinute: Type.Integer({ default: 10_000, minimum: 0, description: 'Bare hashes a minute of a new key; 0 for no limit.' }),
  shutdownMsMax: Type.Integer({ default: 30_000, minimum: 100, maximum: 600_000, description: 'How long a shutdown waits for what is in flight.' }),
  drainMs: Type.Integer({ default: 1000, minimum: 0, maximum: 60_000, description: 'How long a gate that was told to end (SIGTERM) goes on listening and answers new calls `shuttingDown`; part of `shutdownMsMax`.' })
}, { additionalProperties: false })

export type Config = Static<typeof settingsSchema>
export type SettingKey = keyof Config

const validator = Compile(settingsSchema)
export const settingKeys = Object.keys(settingsSchema.properties) as SettingKey[]

/** `uploadBytesMax` as `KEERSLUIS_UPLOAD_BYTES_MAX`. */
export function environmentName (key: SettingKey): string {
  return 'KEERSLUIS_' + key.replace(/[A-Z]/g, letter => '_' + letter).toUpperCase()
}

/** `uploadBytesMax` as `--upload-bytes-max`. */
export function flagName (key: SettingKey): string {
  return '--' + key.replace(/[A-Z]/g, letter => '-' + letter.toLowerCase())
}

/**
 * The settings in force: flags win over the environment, the environment over the defaults.
 * @throws KeersluisError `configInvalid`, naming the setting and what it takes.
 */
export function loadConfig (flags: Partial<Record<SettingKey, string>> = {}, environment: NodeJS.ProcessEnv = process.env): Config {
  const settings: Record<string, unknown> = {}
  for (const key of settingKeys) {
    const schema: TSchema & { default?: unknown } = settingsSchema.properties[key]
    const text = flags[key] ?? environment[environmentName(key)]
    settings[key] = text === undefined ? schema.default : parseSetting(key, schema, text)
  }
  settings.ffmpegPath ||= environment.FFMPEG_PATH ?? ''
  settings.ffmpegSearchPath ||= environment.PATH ?? ''
  return settings as Config
}

/** Worker threads of both lanes, with the zeros resolved against this machine. */
export function workerCounts (config: Config): { picture: number, video: number } {
  const cores = os.availableParallelism()
  return {
    picture: config.pictureWorkers || cores,
    video: config.videoWorkers || Math.max(1, Math.floor(cores / 2))
  }
}

/** Where a gate listens for the command line, from the working folder where that is shorter: the system limits a socket's path to about a hundred bytes. */
export function socketFile (config: Config): string {
  const file = path.resolve(config.dataDir, 'gate.sock')
  const fromHere = path.relative(process.cwd(), file)
  return fromHere.length < file.length ? fromHere : file
}

function parseSetting (key: SettingKey, schema: TSchema, text: string): unknown {
  const numeric = 'type' in schema && (schema.type === 'integer' || schema.type === 'number')
  const value = numeric ? (text.trim() === '' ? NaN : Number(text)) : text
  const [error] = validator.Errors({ ...defaults(), [key]: value })
  if (error === undefined && !Number.isNaN(value)) return value
  throw new KeersluisError('configInvalid', `${environmentName(key)} (or ${flagName(key)}) cannot be '${text}': it takes ${accepted(schema)}.`)
}

function defaults (): Record<string, unknown> {
  return Object.fromEntries(settingKeys.map(key => {
    const schema: TSchema & { default?: unknown } = settingsSchema.properties[key]
    return [key, schema.default]
  }))
}

function accepted (schema: TSchema): string {
  const { type, minimum, maximum, enum: names } = schema as { type?: string, minimum?: number, maximum?: number, enum?: string[] }
  if (names !== undefined) return 'one of ' + names.join(', ')
  if (type === 'string') return 'a text that is not empty'
  const kind = type === 'integer' ? 'a whole number' : 'a number'
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`
  return minimum === undefined ? kind : `${kind} of at least ${minimum}`
}
