import { createReadStream } from 'node:fs'
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino, type Logger } from 'pino'
import { socketFile, workerCounts, type Config } from './config.js'
import { KeersluisError } from './errors.js'
import { buildApp } from './http/app.js'
import { Meters } from './http/metrics.js'
import type { Lifecycle, Services } from './http/services.js'
import { openHashIndex } from './index/open.js'
import type { DecodeLimits, DecoderOptions } from './media/decoder.js'
import type { Fingerprint } from './media/fingerprint.js'
import { Lanes, type Lane } from './pipeline/lanes.js'
import { Spool } from './pipeline/spool.js'
import type { Answer } from './pipeline/task.js'
import { defaultListPolicy } from './policy/list-policy.js'
import { Accounts } from './service/accounts.js'
import { ChangeQueue } from './service/change-queue.js'
import { Checks } from './service/check.js'
import { Decoders } from './service/decoders.js'
import { fillIndex } from './service/fill-index.js'
import { HashChecks } from './service/hash-check.js'
import { Imports } from './service/import.js'
import { KeptChecks } from './service/kept-checks.js'
import { KnownMaterial, type KnownMaterialRooms } from './service/known-material.js'
import { Lists, searchPlan, testListName } from './service/lists.js'
import { Snapshots } from './service/snapshots.js'
import { lockDataDir } from './store/data-dir-lock.js'
import { openSqliteStore } from './store/sqlite-store.js'
import type { ListRecord } from './store/store.js'

/** A running gate. */
export interface Gate {
  services: Services
  /** The routes for the network, which ask for keys. */
  app: FastifyInstance
  /** The same routes for the 0600 socket in the data folder, whose callers are trusted. */
  localApp: FastifyInstance
  /** Health and metrics for the ops port. */
  opsApp: FastifyInstance
  logger: Logger
  /** From now on new calls are answered `shuttingDown`, and their connections end. */
  refuse (): void
  /** Refuses, finishes what is in flight, then closes everything. */
  close (): Promise<void>
}

/** A killed gate reads at most this much again from the store. */
const snapshotRules = { lookEveryMs: 10_000, changeMsMax: 600_000, changedEntriesMax: 100_000 }

/** How often kept checks that expired are deleted. */
const expiryEveryMs = 3_600_000

/** Bytes of a socket's path on every system that Node runs on; Node would cut a longer one off without a word. */
const socketPathBytesMax = 103

/**
 * The socket in the data folder: whoever may write to it owns the data.
 * @throws KeersluisError `dataDirUnusable` where the path of the folder is too long for a socket
 */
export async function listenLocally (gate: Gate, config: Config): Promise<void> {
  const file = socketFile(config)
  if (Buffer.byteLength(file) > socketPathBytesMax) {
    throw new KeersluisError('dataDirUnusable', `The path of the data folder is too long: with gate.sock it may have ${socketPathBytesMax} bytes, counted from the root or from the working folder.`)
  }
  await rm(file, { force: true })
  await gate.localApp.listen({ path: file })
  await chmod(file, 0o600)
}

/**
 * The one place where everything is built, from the bottom up, and closed, from the top down.
 * @throws KeersluisError `dataDirUnusable`, `dataDirLocked`, `storeTooNew`, `storeDamaged`
 */
export async function openGate (config: Config): Promise<Gate> {
  // Not pino's own destination: where the disk under the log is full, that keeps what it could not write, and the process with it.
  const logger = pino({ level: config.logLevel, redact: ['req.headers.authorization'] }, process.stderr)
  await prepareDataDir(config)
  const unlock = lockDataDir(path.join(config.dataDir, 'gate.lock'))
  const store = openSqliteStore(path.join(config.dataDir, 'store.sqlite'))
  const index = openHashIndex({ onProblem: error => { logger.error({ err: error }, 'index') } })
  const snapshotFolder = path.join(config.dataDir, 'snapshot')
  const { problem, ...filled } = await fillIndex(store, index, snapshotFolder)
  if (problem !== undefined) logger.warn({ problem }, 'the snapshot could not be used; the index was rebuilt from the store')
  logger.info(filled, 'index filled')
  const spool = await Spool.open(path.join(config.dataDir, 'spool'), config)
  const changes = new ChangeQueue()
  const lists = await Lists.open({ store, index, changes }, config.pictureSideMinPx)
  const workers = workerCounts(config)
  const lanes = new Lanes(index, {
    pictureWorkers: workers.picture,
    videoWorkers: workers.video,
    pictureQueueMax: config.pictureQueueMax,
    videoQueueMax: config.videoQueueMax,
    decoder: decoderOptions(config)
  })
  const services = buildServices(config, { store, index, lists, lanes, changes, spool })
  const meters = new Meters(services)
  const lifecycle: Lifecycle = { shuttingDown: false }
  const options = { services, limits: config, meters, logger, lifecycle }
  const app = await buildApp({ ...options, callers: 'withKeys', routes: 'all' })
  const localApp = await buildApp({ ...options, callers: 'trusted', routes: 'all' })
  const opsApp = await buildApp({ ...options, callers: 'trusted', routes: 'health' })
  const snapshots = new Snapshots(store, index, changes, { ...snapshotRules, folder: snapshotFolder, onProblem: error => { logger.warn({ err: error }, 'snapshot') } })
  const expiry = setInterval(() => { store.expireChecks(new Date()).catch((error: unknown) => { logger.error({ err: error }, 'expiry') }) }, expiryEveryMs)
  expiry.unref()
  const refuse = (): void => { lifecycle.shuttingDown = true }
  const close = async (): Promise<void> => {
    clearInterval(expiry)
    refuse()
    await Promise.all([app.close(), localApp.close()])
    await services.knownMaterial.settled()
    await lanes.close()
    await snapshots.close()
    await opsApp.close()
    await index.close()
    await store.close()
    unlock()
  }
  return { services, app, localApp, opsApp, logger, refuse, close }
}

function buildServices (config: Config, rooms: KnownMaterialRooms & { spool: Spool }): Services {
  const { store, index, lists, lanes, spool } = rooms
  const keptChecks = new KeptChecks(store, config.keptCheckDays)
  return {
    accounts: new Accounts(store, config),
    checks: new Checks({ store, lists, lanes, keptChecks }, {
      limits: uploadLimits(config),
      undecidedVerdict: config.undecidedVerdict === 'block' ? 'block' : 'hold'
    }),
    decoders: new Decoders(decoderOptions(config)),
    hashChecks: new HashChecks(store, lists, lanes, index),
    imports: new Imports(rooms),
    index,
    keptChecks,
    knownMaterial: new KnownMaterial(rooms, {
      itemLimits: { ...decodeLimits(config, config.itemMsMax), videoFramesMax: Math.ceil(config.videoDurationSMax * config.denseFps) },
      addSyncMs: config.addSyncMs,
      pictureSideMinPx: config.pictureSideMinPx,
      itemEntriesMax: config.itemEntriesMax
    }),
    lanes,
    lists,
    spool,
    store
  }
}

/** Hashes files as a check would, beside any gate: it knows no list and keeps nothing. */
export interface Hasher {
  hash (file: string, lane: Lane): Promise<Fingerprint>
  close (): Promise<void>
}

export function openHasher (config: Config): Hasher {
  const index = openHashIndex()
  const lanes = new Lanes(index, { pictureWorkers: 1, videoWorkers: 1, pictureQueueMax: 1, videoQueueMax: 1, decoder: decoderOptions(config) })
  const plan = searchPlan([], config.pictureSideMinPx)
  const goOn = async (): Promise<Answer> => 'continue'
  return {
    hash: async (file, lane) => (await lanes.examine(lane, { path: file }, uploadLimits(config)[lane], plan, { onDigests: goOn, onPictures: goOn })).fingerprint,
    close: async () => {
      await lanes.close()
      await index.close()
    }
  }
}

export function decoderOptions (config: Config): DecoderOptions {
  return {
    videoDecoder: config.videoDecoder,
    ffmpegPath: config.ffmpegPath === '' ? undefined : config.ffmpegPath,
    searchPath: config.ffmpegSearchPath,
    memoryBytesMax: config.decoderMemoryBytesMax,
    jobsMax: config.decoderJobsMax
  }
}

function uploadLimits (config: Config): Record<Lane, DecodeLimits> {
  return { picture: decodeLimits(config, config.pictureMsMax), video: decodeLimits(config, config.videoMsMax) }
}

/** The decoder's limits with one lane's deadline; nothing else of the settings travels with every task. */
function decodeLimits (config: Config, decodeMsMax: number): DecodeLimits {
  const { picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps } = config
  return { decodeMsMax, picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps }
}

async function prepareDataDir (config: Config): Promise<void> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
    await chmod(config.dataDir, 0o700)
  } catch (error) {
    throw new KeersluisError('dataDirUnusable', `The data folder ${config.dataDir} cannot be used; set KEERSLUIS_DATA_DIR to a folder you own.`, { cause: error })
  }
}

async function createTestList (lists: Lists): Promise<ListRecord> {
  return await lists.create({
    name: testListName,
    kind: 'known',
    action: 'block',
    category: 'test',
    source: 'built in',
    legalGround: 'none: a harmless test card',
    // Nobody reviews a test card, so this list widens no search.
    policy: { pdqHoldDistance: defaultListPolicy.pdqBlockDistance }
  }, 'gate')
}

/** What a first start makes: the operator's key file and the list `test` with the test card. */
export async function seed (gate: Gate, config: Config, testCard: string): Promise<{ keyFile: string | undefined }> {
  const { accounts, knownMaterial, lists, spool, store } = gate.services
  const list = lists.all().find(list => list.name === testListName) ?? await createTestList(lists)
  // An earlier first start may have ended before the card was on it.
  if ((await store.countItems(list.listId)).items === 0) {
    const upload = await spool.receive(createReadStream(testCard), 1, () => {})
    await knownMaterial.addMedia(testListName, { upload, lane: 'picture' }, { reference: 'test-card' }, 'gate')
  }
  const keyFile = path.join(config.dataDir, 'operator.key')
  const exists = await stat(keyFile).then(() => true, () => false)
  if (exists || (await accounts.list()).length > 0) return { keyFile: undefined }
  const { key } = await accounts.create({ name: 'first operator', roles: ['operator', 'analyst'], detail: 'full' }, 'gate')
  await writeFile(keyFile, key + '\n', { mode: 0o600, flag: 'wx' })
  return { keyFile }
}
