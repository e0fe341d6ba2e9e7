/** A drawing has a namespace prefix or none. */
const element = '<(?:[^\\s<>!?/"\'=]+:)?svg[\\s>/]'
const anywhere = new RegExp(element)
const here = new RegExp(element, 'y')
/** Spaces, and the marks of an encoding as they look in latin-1. */
const space = /[\s\xef\xbb\xbf\xfe\xff]*/y

/** The bytes as text in which markup can be looked for, also where they are UTF-16. */
export function asMarkup (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').replaceAll('\0', '')
}

export function isMarkup (text: string): boolean {
  return text[skipSpace(text, 0)] === '<'
}

/** Whether an SVG drawing is named somewhere in a text. */
export function namesSvg (text: string): boolean {
  return anywhere.test(text) || text.includes('<!DOCTYPE svg')
}

/** Whether the first element is an SVG drawing, however much stands before it. */
export function beginsWithSvg (text: string): boolean {
  for (let at = skipSpace(text, 0); ; at = skipSpace(text, at)) {
    const end = endOfPrologPart(text, at)
    if (end === undefined) {
      here.lastIndex = at
      return here.test(text)
    }
    at = end
  }
}

/** Behind a comment, an instruction or a document type (XML 1.0, 2.8); `undefined` where none of them stands, or none that ends. */
function endOfPrologPart (text: string, at: number): number | undefined {
  const after = (ending: string, from = at): number | undefined => {
    const found = text.indexOf(ending, from)
    return found < 0 ? undefined : found + ending.length
  }
  if (text.startsWith('<!--', at)) return after('-->', at + 4)
  if (text.startsWith('<?', at)) return after('?>')
  if (!text.startsWith('<!', at)) return undefined
  const end = after('>')
  const subset = text.indexOf('[', at)
  if (subset < 0 || end === undefined || subset > end) return end
  const subsetEnd = after(']', subset)
  return subsetEnd === undefined ? undefined : after('>', subsetEnd)
}

function skipSpace (text: string, at: number): number {
  space.lastIndex = at
  space.test(text)
  return space.lastIndex
}
