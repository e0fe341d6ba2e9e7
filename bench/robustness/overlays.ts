import { pixelsOf, sharpOf, type Pixels } from './pixels.js'
import type { Random } from './random.js'

export type Overlay = 'text' | 'smallLogo' | 'largeLogo' | 'screenshot'

/** The picture with something drawn on it or around it. Shapes only: fonts differ from machine to machine. */
export async function overlay (picture: Pixels, what: Overlay, random: Random): Promise<Pixels> {
  switch (what) {
    case 'text': return await drawn(picture, textLine(picture, random))
    case 'smallLogo': return await drawn(picture, logo(picture, 0.12, random))
    case 'largeLogo': return await drawn(picture, logo(picture, 0.25, random))
    case 'screenshot': return await screenshot(picture, random)
  }
}

async function drawn (picture: Pixels, shapes: string): Promise<Pixels> {
  const { width, height } = picture
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`
  return await pixelsOf(sharpOf(picture).composite([{ input: Buffer.from(svg) }]))
}

/** Strokes and gaps like one line of white letters with a dark edge, 4 % of the height, near the lower edge. */
function textLine ({ width, height }: Pixels, random: Random): string {
  const tall = height * 0.04
  const top = height * (0.85 + random() * 0.08)
  const length = width * (0.35 + random() * 0.35)
  let x = (width - length) * random()
  const end = x + length
  const letters: string[] = []
  while (x < end) {
    const wide = tall * (0.35 + random() * 0.3)
    if (random() > 0.15) {
      letters.push(`<path d="M${x} ${top + tall} v${-tall * (0.6 + random() * 0.4)} h${wide} M${x} ${top + tall * (0.4 + random() * 0.3)} h${wide}${random() < 0.5 ? ` M${x + wide} ${top + tall * 0.3} v${tall * 0.7}` : ''}"/>`)
    }
    x += wide + tall * 0.2
  }
  const strokes = letters.join('')
  return `<g fill="none" stroke="#000" stroke-width="${tall * 0.24}">${strokes}</g><g fill="none" stroke="#fff" stroke-width="${tall * 0.13}">${strokes}</g>`
}

/** A filled mark in one of the four corners. */
function logo ({ width, height }: Pixels, share: number, random: Random): string {
  const side = width * share
  const margin = side * 0.2
  const x = random() < 0.5 ? margin : width - side - margin
  const y = random() < 0.5 ? margin : Math.max(margin, height - side - margin)
  const half = side / 2
  const colour = `hsl(${Math.floor(random() * 360)} 75% ${35 + Math.floor(random() * 30)}%)`
  const shape = random() < 0.5
    ? `<circle cx="${x + half}" cy="${y + half}" r="${half}" fill="${colour}"/>`
    : `<rect x="${x}" y="${y + side * 0.25}" width="${side}" height="${half}" rx="${side * 0.08}" fill="${colour}"/>`
  return `${shape}<path d="M${x + side * 0.36} ${y + side * 0.3} L${x + side * 0.75} ${y + half} L${x + side * 0.36} ${y + side * 0.7} Z" fill="#fff"/>`
}

/** The picture in a page: light margins with lines of text above and below, 82 % of the canvas' width. */
async function screenshot (picture: Pixels, random: Random): Promise<Pixels> {
  const side = Math.round(picture.width * 0.11)
  const bar = Math.round(picture.height * 0.11)
  const page = await pixelsOf(sharpOf(picture).extend({ left: side, right: side, top: bar, bottom: bar, background: '#f6f7f9' }))
  const line = (y: number): string => {
    const wide = page.width * (0.3 + random() * 0.5)
    return `<rect x="${side * 0.4}" y="${y}" width="${wide}" height="${bar * 0.16}" rx="2" fill="#555b66"/>`
  }
  const lines = [0.2, 0.6].flatMap(share => [line(bar * share), line(page.height - bar * share - bar * 0.2)])
  return await drawn(page, lines.join(''))
}
