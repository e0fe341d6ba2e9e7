import { assertRaster, wholeBox, type Box, type Raster } from './raster.js'

/** The outermost line of a bar may differ from its own mean by this much (0-255): room for noise, not for a gradient. */
const barDeviationMax = 4

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

/** What is left must keep this share of each side (a phone video in a cinema frame keeps 0.24) ... */
const keptShareMin = 0.2
/** ... and this many raster lines, below which a hash of the rest says little. */
const keptLinesMin = 16

/** Bars below one percent of a side are left alone: the hash of the whole picture bears with them. */
const removedShareMin = 0.01

type Side = 'top' | 'bottom' | 'left' | 'right'
const sides: readonly Side[] = ['top', 'bottom', 'left', 'right']

/**
 * The part of a picture inside its bars or frame: letterbox, pillarbox, one-sided bars, coloured or noisy borders, each
 * side with its own colour. The edge is estimated to a fraction of a pixel, since a resized raster mixes bar and content
 * in one line.
 * @returns fractions of pixels; undefined when the bars together take less than 1 % of either side, or when less than a
 *   fifth of a side or less than 16 lines would be left. Bars with text, a logo or a gradient are not recognised.
 * @throws KeersluisError `internal` when the raster is malformed.
 */
export function trimBorder (raster: Raster): Box | undefined {
  assertRaster(raster)
  let box = wholeBox(raster)
  const mixed: Record<Side, number> = { top: 0, bottom: 0, left: 0, right: 0 }
  // A bar across the whole picture hides the ends of the others until it is peeled: hence the second round. Each side
  // is peeled once, or the plain sky behind a bar would go too.
  const pending = new Set(sides)
  for (const side of [...sides, ...sides]) {
    if (!pending.has(side)) continue
    const bar = measureBar(raster, box, side)
    if (bar.lines === 0) continue
    box = peel(box, side, bar.lines)
    mixed[side] = bar.mixed
    pending.delete(side)
  }
  const trimmed = {
    left: box.left + mixed.left,
    top: box.top + mixed.top,
    width: box.width - mixed.left - mixed.right,
    height: box.height - mixed.top - mixed.bottom
  }
  return isWorthwhile(trimmed, raster) ? trimmed : undefined
}

function isWorthwhile (box: Box, raster: Raster): boolean {
  return isKept(box.width, raster.width) && isKept(box.height, raster.height) &&
    (raster.width - box.width >= removedShareMin * raster.width ||
    raster.height - box.height >= removedShareMin * raster.height)
}

function isKept (lines: number, of: number): boolean {
  return lines >= keptLinesMin && lines >= keptShareMin * of
}

function peel (box: Box, side: Side, lines: number): Box {
  switch (side) {
    case 'top': return { ...box, top: box.top + lines, height: box.height - lines }
    case 'bottom': return { ...box, height: box.height - lines }
    case 'left': return { ...box, left: box.left + lines, width: box.width - lines }
    case 'right': return { ...box, width: box.width - lines }
  }
}

/** The whole lines of one colour on a side, and the share of bar in the line after them; no lines when all look like bar. */
function measureBar (raster: Raster, box: Box, side: Side): { lines: number, mixed: number } {
  const lineCount = side === 'top' || side === 'bottom' ? box.height : box.width
  const colour = meanColour(readLine(raster, box, side, 0), raster.channels)
  const deviations: number[] = []
  const deviationAt = (line: number): number => {
    deviations[line] ??= deviation(readLine(raster, box, side, line), colour)
    return deviations[line]
  }
  if (deviationAt(0) > barDeviationMax) return { lines: 0, mixed: 0 }
  let end = 1
  while (end < lineCount && deviationAt(end) <= contentDeviationMax) end++
  if (end + contentLines > lineCount) return { lines: 0, mixed: 0 }
  const contrast = Math.max(...Array.from({ length: contentLines }, (_, i) => deviationAt(end + i)))
  const threshold = Math.min(contentDeviationMax,
    Math.max(contentDeviationShare * contrast, deviationAt(0) + contentDeviationStep))
  const lines = deviations.findIndex(value => value > threshold)
  const edge = readLine(raster, box, side, lines)
  const content = readLine(raster, box, side, lines + 1)
  return { lines, mixed: 1 - contentShare(edge, content, colour) }
}

/** The samples of the line at `distance` from a side of the box, channels interleaved. */
function readLine (raster: Raster, box: Box, side: Side, distance: number): Uint8Array {
  const { data, width, channels } = raster
  if (side === 'top' || side === 'bottom') {
    const y = side === 'top' ? box.top + distance : box.top + box.height - 1 - distance
    const start = (y * width + box.left) * channels
    return data.subarray(start, start + box.width * channels)
  }
  const x = side === 'left' ? box.left + distance : box.left + box.width - 1 - distance
  const line = new Uint8Array(box.height * channels)
  for (let y = 0; y < box.height; y++) {
    const at = ((box.top + y) * width + x) * channels
    for (let channel = 0; channel < channels; channel++) line[y * channels + channel] = data[at + channel] ?? 0
  }
  return line
}

function meanColour (line: Uint8Array, channels: number): Float64Array {
  const colour = new Float64Array(channels)
  for (let i = 0; i < line.length; i++) {
    const channel = i % channels
    colour[channel] = (colour[channel] ?? 0) + (line[i] ?? 0) * channels / line.length
  }
  return colour
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
