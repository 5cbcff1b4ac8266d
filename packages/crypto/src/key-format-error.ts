/** A key from outside that is not what its format says: malformed bytes, a point off the curve, a scalar out of range. */
export class KeyFormatError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'KeyFormatError'
  }
}
