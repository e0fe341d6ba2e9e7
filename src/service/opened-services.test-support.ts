import { createReadStream } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { openHashIndex } from '../index/open.js'
import type { DecodeLimits } from '../media/decoder.js'
import { Lanes, type Lane } from '../pipeline/lanes.js'
import { Spool } from '../pipeline/spool.js'
import type { ListKind } from '../policy/list-policy.js'
import { openSqliteStore } from '../store/sqlite-store.js'
import type { Store } from '../store/store.js'
import { ChangeQueue } from './change-queue.js'
import { Checks } from './check.js'
import { KeptChecks } from './kept-checks.js'
import { KnownMaterial, type ReceivedMedia } from './known-material.js'
import { Lists } from './lists.js'

export const fixture = (name: string): string => new URL(`../../fixtures/${name}`, import.meta.url).pathname

const decodeLimits: DecodeLimits = {
  decodeMsMax: 60_000, picturePixelsMax: 100_000_000, animationFramesMax: 200, videoFramesMax: 1000, videoDurationSMax: 600, videoGapSMax: 5, denseFps: 8
}

export interface OpenedServices {
  store: Store
  lists: Lists
  checks: Checks
  knownMaterial: KnownMaterial
  /** A file on the spool. */
  receive (file: string, lane?: Lane): Promise<ReceivedMedia>
  createList (name: string, kind?: ListKind): Promise<void>
}

/** The services on a store, an index and lanes of their own, without HTTP. */
export async function openServices (t: Test, { addSyncMs = 60_000 } = {}): Promise<OpenedServices> {
  const folder = t.testdir()
  const store = openSqliteStore(path.join(folder, 'store.sqlite'))
  const index = openHashIndex()
  const spool = await Spool.open(path.join(folder, 'spool'), { uploadBytesMax: 1e9, spoolBytesMax: 1e10, spoolMemoryBytesMax: 1e8 })
  const changes = new ChangeQueue()
  const lists = await Lists.open({ store, index, changes }, 50)
  const lanes = new Lanes(index, {
    pictureWorkers: 2, videoWorkers: 1, pictureQueueMax: 64, videoQueueMax: 16, decoder: { videoDecoder: 'auto', ffmpegPath: undefined, memoryBytesMax: 1e9, jobsMax: 1000 }
  })
  const checks = new Checks({ store, lists, lanes, keptChecks: new KeptChecks(store, 1) }, { limits: { picture: decodeLimits, video: decodeLimits }, undecidedVerdict: 'hold' })
  const knownMaterial = new KnownMaterial({ store, index, lists, lanes, changes }, { itemLimits: decodeLimits, pictureSideMinPx: 50, itemEntriesMax: 20_000, addSyncMs })
  t.teardown(async () => {
    await knownMaterial.settled()
    await lanes.close()
    await index.close()
    await store.close()
  })
  return {
    store,
    lists,
    checks,
    knownMaterial,
    receive: async (file, lane = 'picture') => ({ upload: await spool.receive(createReadStream(file), 1, () => {}), lane }),
    createList: async (name, kind = 'known') => { await lists.create({ name, kind, action: 'block', category: '', source: '', legalGround: '' }, 'test') }
  }
}
