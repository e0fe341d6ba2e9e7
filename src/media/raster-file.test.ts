import { fstatSync, readdirSync } from 'node:fs'
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

test('room is taken at once, and pixels of a closed file are not read', async t => {
  const file = new RasterFile()
  t.equal(fstatSync(file.fd).size, picturesAhead * ownSideMax * ownSideMax * 3)
  file.close()
  t.throws(() => file.read(pictureIn(0, 4, 4)), ProtocolError)
  t.doesNotThrow(() => file.close())
})

test('where one folder has no room, the next is taken', async t => {
  const folder = t.testdir()
  const file = new RasterFile([`${folder}/none`, folder])
  t.teardown(() => file.close())
  writeRaster(file.fd, 1, pixelsOf(2, 2, 5))
  t.same(file.read(pictureIn(1, 2, 2)), pixelsOf(2, 2, 5))
  t.same(readdirSync(folder), [])
  t.throws(() => new RasterFile([`${folder}/none`]), /no room/)
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
