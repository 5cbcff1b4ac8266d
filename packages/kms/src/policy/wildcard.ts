/** Whether a whole text matches. */
export type Matcher = (text: string) => boolean

/**
 * `*` is any characters, `?` any one UTF-16 unit. What stands between the stars is looked for from left to right, and
 * where it was found first is never taken back: at most text x pattern steps, whatever the pattern.
 */
export function wildcard(pattern: string): Matcher {
  if (/^\*+$/.test(pattern)) return () => true
  if (!/[*?]/.test(pattern)) return (text) => text === pattern
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (text) => text.length === first.length && fits(first, text, 0)
  const middle = rest.filter((piece) => piece !== '')
  if (middle.length === 0 && last === '') return (text) => text.length >= first.length && fits(first, text, 0)
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !fits(first, text, 0) || !fits(last, text, end)) return false
    return inOrder(middle, text, first.length, end)
  }
}

function inOrder(pieces: readonly string[], text: string, start: number, end: number): boolean {
  let at = start
  for (const piece of pieces) {
    const found = find(piece, text, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}

function find(piece: string, text: string, from: number): number {
  if (!piece.includes('?')) return text.indexOf(piece, from)
  for (let at = from; at + piece.length <= text.length; at += 1) if (fits(piece, text, at)) return at
  return -1
}

/** From the end: ARNs differ there, and a loop in place beats a call. */
function fits(piece: string, text: string, at: number): boolean {
  for (let index = piece.length - 1; index >= 0; index -= 1) {
    const wanted = piece.charCodeAt(index)
    if (wanted !== QUESTION_MARK && wanted !== text.charCodeAt(at + index)) return false
  }
  return true
}

const QUESTION_MARK = 0x3f
