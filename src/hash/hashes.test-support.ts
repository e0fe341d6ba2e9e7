import { blockhash, type Blockhash } from './blockhash.js'
import { PdqHasher, type Pdq } from './pdq.js'
import type { OrientedHash } from './pdq-orientations.js'
import { RasterKernel } from './raster-kernel.js'
import type { Box, Raster, Size } from './raster.js'

const kernel = new RasterKernel()
const hasher = new PdqHasher()

/** PDQ of one raster; see `PdqHasher.hash`. */
export function pdqOf (raster: Raster, native?: Size, box?: Box): Pdq {
  return hasher.hash(kernel.read(raster), native, box)
}

/** PDQ of one raster in all orientations; see `PdqHasher.orientations`. */
export function orientedPdqOf (raster: Raster, native?: Size, box?: Box): OrientedHash[] {
  return hasher.orientations(pdqOf(raster, native, box), kernel, native, box)
}

/** The blockhash of one raster. */
export function blockhashOf (raster: Raster, box?: Box): Blockhash {
  return blockhash(kernel.read(raster), box)
}
