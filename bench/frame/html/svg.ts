import { escape } from './escape.js'

/** Every plot is drawn for a wide and for a narrow place; the style sheet shows the one that fits, so that texts keep their size. */
export interface Canvas {
  width: number
  isNarrow: boolean
}

export const canvases: readonly Canvas[] = [{ width: 560, isNarrow: false }, { width: 340, isNarrow: true }]

/** What a plot is drawn as, before it has a name. */
export interface Drawing {
  height: number
  /** Markup within the SVG element. */
  body: string
  /** One sentence for who cannot see it. */
  description: string
}

/** Colours and patterns repeat beyond this many series. */
export const seriesStyles = 8

/** Of the labels' font, in pixels; wide fonts need as much. */
const characterWidths = { wide: 12.5, capital: 9, narrow: 4.5, other: 7.8 } as const

function characterWidth (character: string): number {
  if (/[mwMW@%]/.test(character)) return characterWidths.wide
  if (/[A-Z]/.test(character)) return characterWidths.capital
  return /[iljft.,:;' ]/.test(character) ? characterWidths.narrow : characterWidths.other
}

/** Width of a text in pixels, near enough to leave room for it. */
export function textWidth (text: string): number {
  return [...text].reduce((sum, character) => sum + characterWidth(character), 0)
}

/** A coordinate with a tenth of a pixel. */
export function px (value: number): string {
  return String(Math.round(value * 10) / 10)
}

export function text (x: number, y: number, content: string, kind: string, anchor: 'start' | 'middle' | 'end' = 'start'): string {
  return `<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escape(content)}</text>`
}

export function line (x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`
}

/** One of four point shapes, filled and then hollow, that tell lines apart without colour. */
export function marker (x: number, y: number, series: number): string {
  const style = series % seriesStyles
  const kind = `mark c${style}${style < 4 ? '' : ' hollow'}`
  const corners = (points: ReadonlyArray<readonly [number, number]>): string =>
    `<polygon class="${kind}" points="${points.map(([dx, dy]) => `${px(x + dx)},${px(y + dy)}`).join(' ')}"/>`
  switch (series % 4) {
    case 0: return `<circle class="${kind}" cx="${px(x)}" cy="${px(y)}" r="4"/>`
    case 1: return corners([[-3.7, -3.7], [3.7, -3.7], [3.7, 3.7], [-3.7, 3.7]])
    case 2: return corners([[0, -5], [4.8, 3.8], [-4.8, 3.8]])
    default: return corners([[0, -5.4], [5.4, 0], [0, 5.4], [-5.4, 0]])
  }
}

/** Of a label that takes more than one line. */
const labelLine = 15

/** How much lower a plot is for a label in its middle that takes a second line. */
export function centredExtra (content: string, middle: number, { width }: Canvas): number {
  return (centredLines(content, middle, width).length - 1) * labelLine
}

/** The label of an axis, below its middle: what is too long for the plot goes on in a second line. */
export function centred (middle: number, y: number, content: string, { width }: Canvas): string {
  return centredLines(content, middle, width).map((part, i) => text(middle, y + i * labelLine, part, 'axis', 'middle')).join('')
}

function centredLines (content: string, middle: number, width: number): string[] {
  return wrapped(content, 2 * Math.min(middle, width - middle))
}

/** Breaks a text into at most two lines of about so many pixels; what does not fit ends in three dots. */
export function wrapped (content: string, width: number): string[] {
  const fits = (part: string): boolean => textWidth(part) <= width
  if (fits(content)) return [content]
  const words = content.split(' ')
  let first = words.shift() ?? ''
  while (words.length > 0 && fits(`${first} ${words[0] ?? ''}`)) first += ` ${words.shift() ?? ''}`
  return [first, words.join(' ')].filter(part => part !== '').map(part => fits(part) ? part : `${part.slice(0, Math.max(1, Math.floor(width / characterWidths.other) - 1))}…`)
}
