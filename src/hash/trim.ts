import { keepsEnough, linesFrom, meanColour, readLine, sides, type Side } from './raster-lines.js'
import { assertRaster, wholeBox, type Box, type Raster } from './raster.js'

/** The outermost line of a bar may differ from its own mean by this much (0-255): room for noise, not for a wall or a sky. */
const barDeviationMax = 3

/**
 * A line is content when it differs from the bar by more than this share of what the content behind it does. Next to
 * bright content JPEG and the resize smear visibly into the bar; next to dark content the first lines differ by little.
 */
const contentDeviationShare = 0.12
/** Bounds of that threshold (0-255): above the bar's own deviation, and below anything taken for bar. */
const contentDeviationStep = 1
const contentDeviationMax = 8
/** Lines looked at for the contrast of the content. */
const contentLines = 4

/** Coarse JPEG draws colours of the content into its blocks that lie in the bar, as far as a block with halved colour reaches. */
const ringingLines = 16
/** Behind that, a bar ends in a step: two lines that make up this share of the content's contrast. */
const stepShare = 0.5
/** What differs by less than this share of the step, and by less than this in all (0-255), is not content but such ringing. */
const ringingShare = 0.3
const ringingMax = 20

/** Bars below one percent of a side are left alone: the hash of the whole picture bears with them. */
const removedShareMin = 0.01

/**
 * The part of a picture inside its bars or frame: letterbox, pillarbox, one-sided bars, coloured or noisy borders. A bar
 * is one of lines that have one colour from end to end of the picture, so that a plain background is left where it
 * touches a bar of another colour: what remains then is the picture as it was before. (`trimMargins` takes all.)
 * The edge is estimated to a fraction of a pixel, since a resized raster mixes bar and content in one line.
 * @returns fractions of pixels; undefined when the bars together take less than 1 % of either side, or when less than a
 *   fifth of a side or less than 16 lines would be left. Bars with text, a logo or a gradient are not recognised.
 * @throws KeersluisError `internal` when the raster is malformed.
 */
export function trimBorder (raster: Raster): Box | undefined {
  assertRaster(raster)
  const [top = 0, bottom = 0, left = 0, right = 0] = sides.map(side => barWidth(raster, side))
  const trimmed = { left, top, width: raster.width - left - right, height: raster.height - top - bottom }
  return isWorthwhile(trimmed, raster) ? trimmed : undefined
}

function isWorthwhile (box: Box, raster: Raster): boolean {
  return keepsEnough(box, raster) &&
    (raster.width - box.width >= removedShareMin * raster.width ||
    raster.height - box.height >= removedShareMin * raster.height)
}

/** The lines of one colour on a side, with the share of bar in the line after them; 0 when all look like bar. */
function barWidth (raster: Raster, side: Side): number {
  const box = wholeBox(raster)
  const lineCount = linesFrom(side, box)
  const colour = meanColour(readLine(raster, box, side, 0), raster.channels)
  const deviations: number[] = []
  const deviationAt = (line: number): number => {
    deviations[line] ??= deviation(readLine(raster, box, side, line), colour)
    return deviations[line]
  }
  if (deviationAt(0) > barDeviationMax) return 0
  let end = 1
  while (end < lineCount && deviationAt(end) <= contentDeviationMax) end++
  if (end + contentLines > lineCount) return 0
  const threshold = ringingThreshold(deviationAt, end, lineCount) ?? contentThreshold(deviationAt, end)
  const lines = deviations.findIndex(value => value > threshold)
  const edge = readLine(raster, box, side, lines)
  const content = readLine(raster, box, side, lines + 1)
  return lines + 1 - contentShare(edge, content, colour)
}

/** @param end the first line that is not like the bar */
function contentThreshold (deviationAt: (line: number) => number, end: number): number {
  const contrast = Math.max(...Array.from({ length: contentLines }, (_, i) => deviationAt(end + i)))
  return Math.min(contentDeviationMax, Math.max(contentDeviationShare * contrast, deviationAt(0) + contentDeviationStep))
}

/** The threshold where the bar does not end before the steepest step of the lines that may be ringing; undefined where it does. */
function ringingThreshold (deviationAt: (line: number) => number, end: number, lineCount: number): number | undefined {
  const rise = (line: number): number => deviationAt(line + 1) - deviationAt(line - 1)
  let step = end
  for (let line = end + 1; line < Math.min(end + ringingLines, lineCount - 2); line++) if (rise(line) > rise(step)) step = line
  const contrast = deviationAt(step + 1)
  const threshold = Math.min(ringingMax, ringingShare * contrast)
  return step > end && rise(step) >= stepShare * contrast && threshold > contentDeviationMax ? threshold : undefined
}

/** Mean absolute difference from the colour, over all samples. */
function deviation (line: Uint8Array, colour: Float64Array): number {
  let sum = 0
  for (let i = 0; i < line.length; i++) sum += Math.abs((line[i] ?? 0) - (colour[i % colour.length] ?? 0))
  return sum / line.length
}

/** How much of the edge line is content, 0 to 1: the least-squares share that makes bar and the next line into it. */
function contentShare (edge: Uint8Array, content: Uint8Array, colour: Float64Array): number {
  let product = 0
  let power = 0
  for (let i = 0; i < edge.length; i++) {
    const bar = colour[i % colour.length] ?? 0
    const step = (content[i] ?? 0) - bar
    product += ((edge[i] ?? 0) - bar) * step
    power += step * step
  }
  return power === 0 ? 1 : Math.max(0, Math.min(1, product / power))
}
