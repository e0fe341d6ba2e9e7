import type { DrawingThreads } from './drawing-threads.js'
import { encodeFrames } from './ffmpeg.js'
import { sharpOf, type Pixels } from './pixels.js'
import { randomFrom, type Random } from './random.js'

const size = { width: 480, height: 270 }
const fps = 25
const scenes = 5
/** The camera sees between these shares of a scene's picture. */
const windowShare = { least: 0.72, most: 0.92 }

interface View { x: number, y: number, share: number }

function anyView (random: Random): View {
  return { x: random(), y: random(), share: windowShare.least + random() * (windowShare.most - windowShare.least) }
}

/**
 * A film of about twelve seconds with cuts, over generated pictures: the camera pans and zooms through each, with the
 * tremor of a hand. Seeds below 100,000 share no picture with one another.
 */
export async function writeGeneratedFilm (program: string, artist: DrawingThreads, seed: number, output: string): Promise<void> {
  await encodeFrames(program, framesOf(artist, seed), { ...size, fps }, output)
}

async function * framesOf (artist: DrawingThreads, seed: number): AsyncIterable<Buffer> {
  const random = randomFrom(seed * 104729 + 3)
  for (let scene = 0; scene < scenes; scene++) {
    const picture = await artist.picture(1_000_000 + seed * scenes + scene, 800, 450)
    const [from, to] = [anyView(random), anyView(random)]
    const frames = Math.round(fps * (1.5 + random() * 2))
    for (let frame = 0; frame < frames; frame++) yield await frameOf(picture, from, to, frame / frames, random)
  }
}

async function frameOf (picture: Pixels, from: View, to: View, t: number, random: Random): Promise<Buffer> {
  const between = (a: number, b: number): number => a + (b - a) * t
  const share = between(from.share, to.share)
  const [width, height] = [Math.round(picture.width * share), Math.round(picture.height * share)]
  const place = (at: number, free: number): number => Math.max(0, Math.min(free, Math.round(at * free + (random() - 0.5) * 2)))
  const left = place(between(from.x, to.x), picture.width - width)
  const top = place(between(from.y, to.y), picture.height - height)
  return await sharpOf(picture).extract({ left, top, width, height }).resize(size.width, size.height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer()
}
