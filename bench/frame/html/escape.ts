const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as it can stand in HTML and SVG, between tags and in quoted attributes. */
export function escape (text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? '')
}
