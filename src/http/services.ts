import type { HashIndex } from '../index/hash-index.js'
import type { Lanes } from '../pipeline/lanes.js'
import type { Spool } from '../pipeline/spool.js'
import type { Accounts } from '../service/accounts.js'
import type { Checks } from '../service/check.js'
import type { Decoders } from '../service/decoders.js'
import type { HashChecks } from '../service/hash-check.js'
import type { Imports } from '../service/import.js'
import type { KeptChecks } from '../service/kept-checks.js'
import type { KnownMaterial } from '../service/known-material.js'
import type { Lists } from '../service/lists.js'
import type { Store } from '../store/store.js'

/** What the routes speak to. */
export interface Services {
  accounts: Accounts
  checks: Checks
  decoders: Decoders
  hashChecks: HashChecks
  imports: Imports
  index: HashIndex
  keptChecks: KeptChecks
  knownMaterial: KnownMaterial
  lanes: Lanes
  lists: Lists
  spool: Spool
  store: Store
}

export interface HttpLimits {
  /** Of each port, and of the socket in the data folder. */
  connectionsMax: number
  uploadMsMax: number
  uploadBytesMax: number
  requestBytesMax: number
  batchHashesMax: number
  /** -1 where there is none. */
  opsPort: number
}

/** Set by whoever closes the gate, before it closes anything: from then on no call is taken. */
export interface Lifecycle {
  shuttingDown: boolean
}
