import { overlay } from './overlays.js'
import { pixelsOf, sharpOf, type Pixels } from './pixels.js'
import { bell, randomFrom, type Random } from './random.js'

/** What the project promises for a group of edits; groups without a promise are shown, not judged. */
export type PictureGroup = 'sturdy' | 'crop' | 'overlay' | 'beyond'

export interface PictureEdit {
  name: string
  group: PictureGroup
  /** Left out by a quick run: a neighbour says nearly the same. */
  fullOnly?: boolean
  apply: (picture: Pixels, random: Random) => Promise<Buffer>
}

/** Saved like most pictures on the web, where the edit is not about the file format. */
const savedQuality = 85

async function saved (picture: Pixels, quality = savedQuality): Promise<Buffer> {
  return await sharpOf(picture).jpeg({ quality }).toBuffer()
}

function edit (name: string, group: PictureGroup, change: (picture: Pixels, random: Random) => Pixels | Promise<Pixels>, more: { quality?: number, fullOnly?: boolean } = {}): PictureEdit {
  const { quality, fullOnly = false } = more
  return { name, group, fullOnly, apply: async (picture, random) => await saved(await change(picture, random), quality) }
}

function jpeg (quality: number, fullOnly = false): PictureEdit {
  return edit(`JPEG ${quality}`, 'sturdy', picture => picture, { quality, fullOnly })
}

async function resized (picture: Pixels, across: number, down = across): Promise<Pixels> {
  const side = (length: number, factor: number): number => Math.max(16, Math.round(length * factor))
  return await pixelsOf(sharpOf(picture).resize(side(picture.width, across), side(picture.height, down), { fit: 'fill' }))
}

async function bars (picture: Pixels, across: number, down: number, background: string): Promise<Pixels> {
  const [side, bar] = [Math.round(picture.width * across), Math.round(picture.height * down)]
  return await pixelsOf(sharpOf(picture).extend({ left: side, right: side, top: bar, bottom: bar, background }))
}

interface Cut { left: number, top: number, right: number, bottom: number }

async function cropped (picture: Pixels, cut: Cut): Promise<Pixels> {
  const [left, top] = [Math.round(cut.left * picture.width), Math.round(cut.top * picture.height)]
  const width = picture.width - left - Math.round(cut.right * picture.width)
  const height = picture.height - top - Math.round(cut.bottom * picture.height)
  return await pixelsOf(sharpOf(picture).extract({ left, top, width, height }))
}

function evenCut (share: number): Cut {
  return { left: share, top: share, right: share, bottom: share }
}

/** Up to `most` of each axis in all, at any place. */
function cutPerAxis (most: number, random: Random): Cut {
  const [across, down, x, y] = [random() * most, random() * most, random(), random()]
  return { left: across * x, right: across * (1 - x), top: down * y, bottom: down * (1 - y) }
}

/** Up to `most` off every side, each for itself. */
function cutPerSide (most: number, random: Random): Cut {
  return { left: random() * most, top: random() * most, right: random() * most, bottom: random() * most }
}

const noiseLevels = 20
const noiseRandom = randomFrom(noiseLevels)
/** Drawn once: to draw each byte's own took longer than all other edits together. */
const noise = Float32Array.from({ length: 2 ** 16 }, () => noiseLevels * bell(noiseRandom))

function noisy (picture: Pixels, random: Random): Pixels {
  const data = Buffer.from(picture.data)
  for (let at = 0; at < data.length; at++) data[at] = Math.max(0, Math.min(255, (data[at] ?? 0) + (noise[Math.floor(random() * noise.length)] ?? 0)))
  return { ...picture, data }
}

async function turned (picture: Pixels, degrees: number): Promise<Pixels> {
  const wide = await pixelsOf(sharpOf(picture).rotate(degrees, { background: '#000000' }))
  // What a phone does after straightening: the largest upright part without corners, of the same shape.
  const angle = Math.abs(degrees) * Math.PI / 180
  const { width, height } = picture
  const [long, short] = [Math.max(width, height), Math.min(width, height)]
  const keep = 1 / (Math.cos(angle) + long / short * Math.sin(angle))
  const [w, h] = [Math.floor(width * keep), Math.floor(height * keep)]
  return await pixelsOf(sharpOf(wide).extract({ left: (wide.width - w) >> 1, top: (wide.height - h) >> 1, width: w, height: h }))
}

const black = '#000000'
const white = '#ffffff'

const recompressed: PictureEdit[] = [
  jpeg(90, true), jpeg(70), jpeg(50, true), jpeg(30),
  { name: 'WebP 60', group: 'sturdy', apply: async picture => await sharpOf(picture).webp({ quality: 60 }).toBuffer() },
  { name: 'AVIF 45', group: 'sturdy', apply: async picture => await sharpOf(picture).avif({ quality: 45, effort: 1 }).toBuffer() },
  { name: 'PNG', group: 'sturdy', fullOnly: true, apply: async picture => await sharpOf(picture).png({ compressionLevel: 2 }).toBuffer() },
  { name: 'GIF', group: 'sturdy', fullOnly: true, apply: async picture => await sharpOf(picture).gif({ effort: 1 }).toBuffer() }
]

const resizes: PictureEdit[] = [
  edit('resize 0.5', 'sturdy', async picture => await resized(picture, 0.5)),
  edit('resize 0.25', 'sturdy', async picture => await resized(picture, 0.25)),
  edit('resize 2', 'sturdy', async picture => await resized(picture, 2)),
  edit('squash 10 %', 'sturdy', async picture => await resized(picture, 1, 0.9))
]

const tones: PictureEdit[] = [
  { name: 'greyscale', group: 'sturdy', apply: async picture => await sharpOf(picture).greyscale().jpeg({ quality: savedQuality }).toBuffer() },
  edit('gamma 1.5', 'sturdy', async picture => await pixelsOf(sharpOf(picture).gamma(1, 1.5))),
  edit('brightness +20 %', 'beyond', async picture => await pixelsOf(sharpOf(picture).linear(1.2, 0))),
  edit('brightness -20 %', 'beyond', async picture => await pixelsOf(sharpOf(picture).linear(0.8, 0)), { fullOnly: true }),
  edit('contrast +30 %', 'beyond', async picture => await pixelsOf(sharpOf(picture).linear(1.3, -0.3 * 128))),
  edit('saturation 1.5', 'beyond', async picture => await pixelsOf(sharpOf(picture).modulate({ saturation: 1.5 })), { fullOnly: true })
]

const textures: PictureEdit[] = [
  edit('blur 2 px', 'sturdy', async picture => await pixelsOf(sharpOf(picture).blur(2)), { fullOnly: true }),
  edit('blur 1 % of width', 'sturdy', async picture => await pixelsOf(sharpOf(picture).blur(Math.max(0.3, picture.width / 100)))),
  edit('sharpen', 'beyond', async picture => await pixelsOf(sharpOf(picture).sharpen({ sigma: 2 })), { fullOnly: true }),
  edit('noise 20', 'sturdy', noisy)
]

const frames: PictureEdit[] = [
  edit('border 3 %', 'sturdy', async picture => await bars(picture, 0.03, 0.03, black)),
  edit('letterbox 12 %', 'sturdy', async picture => await bars(picture, 0, 0.12, black)),
  edit('letterbox 12 % white', 'sturdy', async picture => await bars(picture, 0, 0.12, white), { fullOnly: true }),
  edit('pillarbox 20 % white', 'sturdy', async picture => await bars(picture, 0.2, 0, white)),
  edit('pillarbox 20 % black', 'sturdy', async picture => await bars(picture, 0.2, 0, black), { fullOnly: true })
]

const turns: PictureEdit[] = [
  edit('mirror', 'sturdy', async picture => await pixelsOf(sharpOf(picture).flop())),
  edit('flip', 'sturdy', async picture => await pixelsOf(sharpOf(picture).flip()), { fullOnly: true }),
  edit('turn 90', 'sturdy', async picture => await pixelsOf(sharpOf(picture).rotate(90))),
  edit('turn 180', 'sturdy', async picture => await pixelsOf(sharpOf(picture).rotate(180)), { fullOnly: true }),
  edit('turn 270', 'sturdy', async picture => await pixelsOf(sharpOf(picture).rotate(270)), { fullOnly: true }),
  edit('turn 1 degree', 'beyond', async picture => await turned(picture, 1)),
  edit('turn 2 degrees', 'beyond', async picture => await turned(picture, 2), { fullOnly: true }),
  edit('turn 5 degrees', 'beyond', async picture => await turned(picture, 5), { fullOnly: true })
]

const crops: PictureEdit[] = [
  edit('crop 2 % off every side', 'crop', async picture => await cropped(picture, evenCut(0.02)), { fullOnly: true }),
  edit('crop 5 % off every side', 'crop', async picture => await cropped(picture, evenCut(0.05)), { fullOnly: true }),
  edit('random crop, up to 6 % per axis', 'crop', async (picture, random) => await cropped(picture, cutPerAxis(0.06, random))),
  edit('random crop, up to 6 % per side', 'crop', async (picture, random) => await cropped(picture, cutPerSide(0.06, random))),
  edit('random crop, up to 10 % per axis', 'beyond', async (picture, random) => await cropped(picture, cutPerAxis(0.1, random))),
  edit('random crop, up to 15 % per axis', 'beyond', async (picture, random) => await cropped(picture, cutPerAxis(0.15, random)), { fullOnly: true }),
  edit('crop 10 % off every side', 'beyond', async picture => await cropped(picture, evenCut(0.1)), { fullOnly: true })
]

const overlays: PictureEdit[] = [
  edit('small text', 'overlay', async (picture, random) => await overlay(picture, 'text', random)),
  edit('logo, 12 % of the width', 'overlay', async (picture, random) => await overlay(picture, 'smallLogo', random)),
  edit('logo, 25 % of the width', 'beyond', async (picture, random) => await overlay(picture, 'largeLogo', random)),
  edit('screenshot, 82 % of the canvas', 'beyond', async (picture, random) => await overlay(picture, 'screenshot', random))
]

const combined: PictureEdit[] = [
  edit('letterbox 12 % and JPEG 40', 'sturdy', async picture => await bars(picture, 0, 0.12, black), { quality: 40 }),
  edit('mirror and resize 0.5', 'sturdy', async picture => await resized(await pixelsOf(sharpOf(picture).flop()), 0.5)),
  edit('crop up to 6 % per axis and JPEG 40', 'crop', async (picture, random) => await cropped(picture, cutPerAxis(0.06, random)), { quality: 40 }),
  edit('resize 0.25 and JPEG 50', 'sturdy', async picture => await resized(picture, 0.25), { quality: 50, fullOnly: true }),
  edit('mirror and letterbox 12 %', 'sturdy', async picture => await bars(await pixelsOf(sharpOf(picture).flop()), 0, 0.12, black), { fullOnly: true }),
  edit('turn 90, border 3 % and JPEG 40', 'sturdy', async picture => await bars(await pixelsOf(sharpOf(picture).rotate(90)), 0.03, 0.03, black), { quality: 40, fullOnly: true }),
  edit('letterbox 12 %, resize 0.5 and JPEG 40', 'sturdy', async picture => await resized(await bars(picture, 0, 0.12, black), 0.5), { quality: 40, fullOnly: true }),
  edit('crop up to 6 % per side, resize 0.5 and JPEG 40', 'crop', async (picture, random) => await resized(await cropped(picture, cutPerSide(0.06, random)), 0.5), { quality: 40, fullOnly: true }),
  edit('small text and JPEG 40', 'overlay', async (picture, random) => await overlay(picture, 'text', random), { quality: 40, fullOnly: true }),
  edit('border 3 % and resize 0.5', 'sturdy', async picture => await resized(await bars(picture, 0.03, 0.03, black), 0.5), { fullOnly: true }),
  edit('mirror and crop up to 6 % per axis', 'beyond', async (picture, random) => await cropped(await pixelsOf(sharpOf(picture).flop()), cutPerAxis(0.06, random)))
]

/** Every way in which a known picture is changed, with all randomness from the caller. */
export const pictureEdits: readonly PictureEdit[] = [
  ...recompressed, ...resizes, ...tones, ...textures, ...frames, ...turns, ...crops, ...overlays, ...combined
]
