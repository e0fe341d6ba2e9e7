import type { Migration } from './migration.js'

/**
 * Made for ten million items with one entry each, so rows are lean: codes of sqlite-codes.ts instead of names, times in
 * milliseconds, columns that are mostly NULL at the end, and an index only where a query of the contract needs it.
 */
export const initialMigration: Migration = {
  id: 1,
  name: 'initial',
  sql: `
-- "KEER": tells our file from any other SQLite database.
PRAGMA application_id = 0x4b454552;

-- One row. Ids are counted here and never given again, so an entry id stays below 2^32 and means one entry for ever.
CREATE TABLE state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  list_version INTEGER NOT NULL,
  next_item_id INTEGER NOT NULL,
  next_entry_id INTEGER NOT NULL CHECK (next_entry_id <= 4294967296),
  audit_seq INTEGER NOT NULL,
  audit_hash BLOB NOT NULL
) STRICT;
INSERT INTO state VALUES (1, 0, 1, 1, 0, zeroblob(32));

CREATE TABLE lists (
  list_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  action TEXT NOT NULL,
  category TEXT NOT NULL,
  source TEXT NOT NULL,
  legal_ground TEXT NOT NULL,
  policy TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- Counted with every change, because counting ten million rows takes seconds.
  live_items INTEGER NOT NULL DEFAULT 0,
  live_items_without_variants INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE items (
  item_id INTEGER PRIMARY KEY,
  list_id INTEGER NOT NULL REFERENCES lists,
  kind INTEGER NOT NULL,
  added_version INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  sha256 BLOB,
  reference TEXT,
  category TEXT,
  removed_version INTEGER,
  removed_at INTEGER,
  removed_reason TEXT
) STRICT;
-- The change feed of a list; the row id behind every index entry gives the order within a version.
CREATE INDEX items_added ON items (list_id, added_version);
CREATE INDEX items_removed_of_list ON items (list_id, removed_version) WHERE removed_version IS NOT NULL;
CREATE INDEX items_removed ON items (removed_version) WHERE removed_version IS NOT NULL;
CREATE INDEX items_live_sha256 ON items (sha256, list_id) WHERE sha256 IS NOT NULL AND removed_version IS NULL;

CREATE TABLE entries (
  entry_id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES items,
  algorithm INTEGER NOT NULL,
  matchable INTEGER NOT NULL,
  -- Repeats that the item is removed, so that filling the index reads this table alone.
  removed INTEGER NOT NULL,
  value BLOB NOT NULL,
  -- NULL is 'whole'.
  variant TEXT,
  quality INTEGER,
  stable_bits INTEGER,
  time_s REAL
) STRICT;
CREATE INDEX entries_of_item ON entries (item_id);
-- The index of the gate finds the others; an import must not add these again.
CREATE INDEX entries_unmatchable ON entries (value) WHERE matchable = 0;

CREATE TABLE kept_checks (
  check_id TEXT PRIMARY KEY,
  key_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  undecided INTEGER NOT NULL,
  answer TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  resolution_action TEXT,
  resolution_reason TEXT,
  resolution_at TEXT,
  resolution_by TEXT
) STRICT;
CREATE INDEX kept_checks_expiry ON kept_checks (expires_at);

CREATE TABLE keys (
  key_id TEXT PRIMARY KEY,
  key_hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  detail TEXT NOT NULL,
  allow_hashes INTEGER NOT NULL,
  checks_per_minute INTEGER NOT NULL,
  hashes_per_minute INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  details TEXT NOT NULL,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
-- Not protection against someone with the file, which the hash chain is for, but against a mistake of ours.
CREATE TRIGGER audit_keeps_records BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;
CREATE TRIGGER audit_keeps_text BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
`
}
