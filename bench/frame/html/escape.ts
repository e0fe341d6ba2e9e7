const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A sentence as it can stand in HTML, with what it quotes between backticks, as in Markdown, in the letters of code. */
export function prose (text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

/** Text as it can stand in HTML and SVG, between tags and in quoted attributes. */
export function escape (text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? '')
}
