export { buildOffsets, buildRanked, collapse, share } from './build'
export { xxh64 } from './checksum'
export { scan } from './scan'
export { search } from './search'
