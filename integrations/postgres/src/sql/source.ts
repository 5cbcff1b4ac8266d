import { scanSync } from 'libpg-query'

export interface Token {
  /** UTF-8 bytes from the start of the statement text. */
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A SQL text with its tokens, and the edits that make the text which the server gets. All places are UTF-8 bytes. */
export class Source {
  readonly text: string
  readonly #bytes: Buffer
  readonly #edits: Edit[] = []
  #tokens: Token[] | null = null

  constructor(text: string) {
    this.text = text
    this.#bytes = Buffer.from(text)
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= scanSync(this.text)
      .tokens.filter(({ tokenName }) => tokenName !== 'C_COMMENT' && tokenName !== 'SQL_COMMENT')
      .map(({ start, end }) => ({ start, end, text: this.slice(start, end) }))
    return this.#tokens
  }

  get edited(): boolean {
    return this.#edits.length > 0
  }

  slice(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end)
  }

  /** Characters from 1, as PostgreSQL reports positions. */
  position(byte: number): number {
    return [...this.slice(0, byte)].length + 1
  }

  /** Index of the token that begins at or after the byte. */
  tokenAt(byte: number): number {
    const index = this.tokens.findIndex((token) => token.start >= byte)
    return index < 0 ? this.tokens.length : index
  }

  /** Where the (qualified) name that begins here ends. */
  nameEnd(start: number): number {
    let at = this.tokenAt(start)
    while (this.tokens[at + 1]?.text === '.') at += 2
    return this.tokens[at]?.end ?? start
  }

  /** Index of the token that closes the bracket at this index. */
  closing(open: number): number {
    let depth = 0
    for (let at = open; at < this.tokens.length; at++) {
      const { text = '' } = this.tokens[at] ?? {}
      if (text === '(' || text === '[') depth++
      if ((text === ')' || text === ']') && --depth === 0) return at
    }
    return this.tokens.length - 1
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text })
  }

  /** The text after all edits. Two edits of one place are a fault of the caller. */
  result(): string {
    const parts: string[] = []
    let from = 0
    for (const edit of this.#edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      if (edit.start < from) throw new TypeError('expected edits that do not overlap')
      parts.push(this.slice(from, edit.start), edit.text)
      from = edit.end
    }
    return parts.join('') + this.slice(from, this.#bytes.length)
  }
}
