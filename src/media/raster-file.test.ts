import { readdirSync } from 'node:fs'
import { test } from 'tap'
import { picturesAhead, ProtocolError, type PictureMessage } from './decoder-protocol.js'
import { RasterFile, writeRaster } from './raster-file.js'
import { ownSideMax } from './raster-work.js'

function pictureIn (slot: number, width: number, height: number): PictureMessage {
  return { type: 'picture', frame: 0, native: { width, height }, background: 'white', raster: { width, height }, slot }
}

function pixelsOf (width: number, height: number, level: number): Uint8Array {
  return new Uint8Array(width * height * 3).map((_, i) => level + i)
}

test('every slot holds the largest raster, and smaller ones after it', async t => {
  const file = new RasterFile()
  t.teardown(() => file.close())
  for (const side of [ownSideMax, 3]) {
    const slots = Array.from({ length: picturesAhead }, (_, slot) => slot)
    for (const slot of slots) writeRaster(file.fd, slot, pixelsOf(side, side, slot))
    const read = slots.map(slot => file.read(pictureIn(slot, side, side)))
    for (const slot of slots) t.ok(Buffer.from(pixelsOf(side, side, slot)).equals(read[slot] ?? new Uint8Array()), `slot ${slot}, side ${side}`)
  }
  t.throws(() => writeRaster(file.fd, 0, new Uint8Array(ownSideMax * ownSideMax * 3 + 1)), RangeError)
})

test('pixels that were not written', async t => {
  const file = new RasterFile()
  writeRaster(file.fd, 0, pixelsOf(4, 4, 0))
  t.throws(() => file.read(pictureIn(0, 5, 4)), ProtocolError)
  t.throws(() => file.read(pictureIn(1, 1, 1)), ProtocolError)
  file.close()
  t.throws(() => file.read(pictureIn(0, 4, 4)), ProtocolError, 'a closed file is not read')
  t.doesNotThrow(() => file.close())
})

test('it has no name', async t => {
  const names = (): string[] => ['/dev/shm', '/tmp'].flatMap(folder => {
    try {
      return readdirSync(folder).filter(name => name.startsWith('keersluis-rasters'))
    } catch {
      return []
    }
  })
  const file = new RasterFile()
  t.same(names(), [])
  file.close()
})
