import { keepsEnough, linesFrom, meanColour, peel, readLine, sides, type Side } from './raster-lines.js'
import { assertRaster, wholeBox, type Box, type Raster } from './raster.js'

/** A sample further from the mean of its line (0-255) is part of something: more than noise, JPEG and shade make of a plain wall. */
const plainDeviationMax = 24
/** A line with fewer such samples is plain: less than a hair of an object reaches into it. */
const objectShareMin = 0.02

/**
 * The part of a picture inside everything plain around it: bars, frames, walls, skies, the white of a product photo. It
 * begins where a line shows more than one colour, whatever is around it; so it is the same with bars and without,
 * whichever colours they and the background have.
 * @returns whole pixels; undefined when nothing is plain, or when less than a fifth of a side or less than 16 lines would be left.
 * @throws KeersluisError `internal` when the raster is malformed.
 */
export function trimMargins (raster: Raster): Box | undefined {
  assertRaster(raster)
  let box = wholeBox(raster)
  let before
  do {
    before = box
    for (const side of sides) box = peel(box, side, plainLines(raster, box, side))
  } while (keepsEnough(box, raster) && !isSame(box, before))
  return keepsEnough(box, raster) && !isSame(box, wholeBox(raster)) ? box : undefined
}

function isSame (a: Box, b: Box): boolean {
  return a.width === b.width && a.height === b.height
}

function plainLines (raster: Raster, box: Box, side: Side): number {
  const most = linesFrom(side, box)
  let lines = 0
  while (lines < most && isPlain(readLine(raster, box, side, lines), raster.channels)) lines++
  return lines
}

function isPlain (line: Uint8Array, channels: number): boolean {
  const colour = meanColour(line, channels)
  const samples = line.length / channels
  const most = objectShareMin * samples
  let others = 0
  for (let at = 0; at < line.length; at += channels) {
    let isOther = false
    for (let channel = 0; channel < channels; channel++) {
      if (Math.abs((line[at + channel] ?? 0) - (colour[channel] ?? 0)) > plainDeviationMax) isOther = true
    }
    if (isOther && ++others > most) return false
  }
  return true
}
