/**
 * Where things lie in a part's memory, in bytes. Read by the kernel (AssemblyScript) and by the host (TypeScript), so only
 * plain numbers are allowed here. All words are little-endian u32; all pointers count from the start of the memory.
 *
 *   header | flip masks | rows: first 128 bits of each, then last 128 bits | entry ids | shared rows | tables   (immutable)
 *   tombstone bits | lane flags | lanes: one scratch area for each search that runs at the same time             (changing)
 */
export const headerBytes = 1024
export const hMagic = 0
export const hFormat = 4
export const hSeed = 8
export const hAlgorithm = 12
/** Rows in use. In a row block it grows while others read: written last, with a release store. */
export const hRows = 16
export const hRowsMax = 20
/** Tombstone bits: one for each row, then one for each entry of a shared row. */
export const hBits = 24
/** First 128 bits of each row, 16 bytes a row. */
export const hHeads = 28
/** Last 128 bits of each row. */
export const hTails = 32
/** u32 a row: its entry id, or 0 when several entries share the row. */
export const hEntryIds = 36
export const hSharedRows = 40
/** {row, first index into the shared ids} for each shared row in order of the row; one more pair closes the list. */
export const hSharedDirectory = 44
export const hSharedIds = 48
export const hTables = 52
/** Bytes of a row number in the tables, 3 or 4. */
export const hNumberBytes = 56
/** 1 when the tables are sparse: most buckets have no row. 0 when they are plain. */
export const hSparse = 60
/** End of what never changes. */
export const hImageBytes = 64
export const hTombstones = 68
export const hLaneFlags = 72
export const hLanes = 76
/** Row blocks and digest tables: log2 of the slots, the slots, the chains of equal values (`value-slots.ts`). */
export const hSlotsLog2 = 80
export const hSlots = 84
export const hChains = 88
/** Digest tables only: bytes of a value. */
export const hValueBytes = 92
/** For each limit from 0 to `flipsMax` and each of the 64 buckets of a group: a u64 of the buckets within so many flips of it. */
export const hBalls = 96

/** Buckets of a sparse table that differ in their lowest 6 bits form a group. */
export const groupBits = 6

/**
 * Beside the number of a row stands a u16 of its next bits: those that follow the bits of its bucket; after the last bit comes the first.
 * In sparse tables they are one less, and the highest bit says that the bucket has several rows, whose bits stand elsewhere.
 */
export const nextBytes = 2
export const plainNextBits = 16
export const sparseNextBits = 15
export const severalFlag = 0x8000

/** Table i starts at `hTable + i * tableBytes`. */
export const hTable = 128
export const tableBytes = 32
export const tablesMax = 16
/** Where the bits of its chunk start in a row. */
export const tPosition = 0
/** How many of them, from there on, make up the number of a bucket. */
export const tWidth = 4
/** XOR masks of at most `flipsMax` bits, fewest bits first: for a bucket of a plain table, for the group of a sparse one. */
export const tMasks = 8
/** Plain: u32 for each bucket and one more, the first of its places; those of the last rows may be empty. */
export const tOffsets = 12
/** Plain: the row number for each place, bucket by bucket; all ones where it is empty. */
export const tRowNumbers = 16
/** Sparse: for each group a u64, with a bit for each bucket that has rows. */
export const tGroups = 12
/** Sparse: for each group a u32, how many buckets of the groups before it have rows. */
export const tRanks = 16
/** Sparse: a number for each bucket that has rows, in order: its row, or the place of its list. */
export const tSlots = 20
/** Sparse: the lists of the buckets with several rows, one after the other, of records: a number and the u16 of the next bits. First how many rows, then the rows. */
export const tLists = 24
/** The u16 of the next bits: plain, for each place; sparse, for each slot. */
export const tNext = 28

/** The most bits that a probe turns in one chunk. */
export const flipsMax = 3

/** A lane: the input, the scratch and the output of one search. */
export const lQuery = 0
export const lDifference = 40
export const lHitsMax = 80
export const lStopAtFirst = 84
/** Only this entry counts, when it is not 0. */
export const lWanted = 88
export const lHits = 92
export const lCandidates = 96
/** 1 when the search compared every row. */
export const lScanned = 100
/** The tombstone bit of the last hit. */
export const lBit = 104
/** Takes the sum of loads that are made only to bring lines into the cache, so that they are not optimised away. */
export const lTouched = 108
/** Rows farther than this are of no use: the radius, or less once there are enough hits. */
export const lReach = 112
/** Sparse tables: where the lists that were noted end. */
export const lListsEnd = 116
/** i32 for each table: the most flips, -1 to leave the table out. */
export const lFlips = 128
/** u32 for each table: the end of its groups or slots. */
export const lEnds = 192
/** u32 for each table: the next bits of the query. */
export const lNext = 256
/** i32 for each table: the most bits turned in the number of the bucket and the next bits, together (`ring.ts`). */
export const lLimits = 320
/** Plain tables: u32 for each table and each number of turned bits from 0 to `flipsMax`, the end of the ranges found with so many. */
export const lRangeEnds = 384
/** A search probes at most this many buckets: 11 tables of 24 and 23 bits at 3 flips make 23,359. */
export const probesMax = 24_576
/** Plain tables: {first, end} of the places of each bucket found. */
export const lRanges = 640
/** Sparse tables: {group, 0, u64 of the buckets found in it}, at most 9,636 with those tables; then {list, table, limit} of the buckets that have several rows. */
export const lGroups = 640
/**
 * Sparse tables: u32 for each bucket found, its slot and in the two highest bits how many bits were turned; then only those that may have a
 * close row. In the end, each close row and its table. Room for four more.
 */
export const lSlots = 197_248
/** u32 for each gathered row, and room for four more. */
export const lBlock = 197_248
export const blockRows = 4_096
/** A scan notes the distance of each row of the block; nothing else is there meanwhile. */
export const lDistances = 213_632
/** {entry id, distance}, a heap with the worst hit on top. */
export const lHeap = 295_616
export const laneHitsMax = 16_384
export const laneBytes = 426_688
export const lanesMax = 32
