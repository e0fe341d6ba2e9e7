/** Characters of a reference or a category, each counted once as the API counts them, however many units it takes in UTF-16. */
const textCharsMax = 200

/** Why a text cannot stand beside a hash: a list is exported line by line, and must come back as it was. */
export function textProblem (text: string): 'textTooLong' | 'malformedText' | undefined {
  if (/\p{Cc}/u.test(text)) return 'malformedText'
  if (text.length > textCharsMax && [...text].length > textCharsMax) return 'textTooLong'
  return undefined
}

/** A text on one line: stores from before such texts were refused hold some with line breaks. */
export function onOneLine (text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
