/** The one error of every malformed or unauthentic input. It does not say what was wrong with it. */
export class DecryptionError extends Error {
  constructor() {
    super('decryption failed: the data is not authentic, or the key or the context is not the one it was sealed with')
    this.name = 'DecryptionError'
  }
}
