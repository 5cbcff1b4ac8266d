import { isHufuError } from '@hufu/wire'
import { type ClientCertificateFiles, type ClientPair, readClientPair } from './client-certificate.ts'

/** Milliseconds between two looks at the files. */
const LOOK_EVERY = 1_000

/** The certificate and key of files that somebody renews while a client runs. */
export class RenewedPair {
  readonly #files: ClientCertificateFiles
  readonly #clock: () => number
  #pair: ClientPair
  #lookedAt: number

  /** `clock` is monotonic, in milliseconds. Throws `CertificateUnusable`. */
  constructor(files: ClientCertificateFiles, clock: () => number = () => performance.now()) {
    this.#files = files
    this.#clock = clock
    this.#pair = readClientPair(files)
    this.#lookedAt = clock()
  }

  get pair(): ClientPair {
    return this.#pair
  }

  /** Whether the files have another pair than when it was last asked. Files that belong to no pair may be half renewed: what is at hand stays. */
  renewed(): boolean {
    const now = this.#clock()
    if (now - this.#lookedAt < LOOK_EVERY) return false
    this.#lookedAt = now
    const found = this.#look()
    if (found === null || (found.cert === this.#pair.cert && found.key === this.#pair.key)) return false
    this.#pair = found
    return true
  }

  #look(): ClientPair | null {
    try {
      return readClientPair(this.#files)
    } catch (error) {
      if (isHufuError(error, 'CertificateUnusable')) return null
      throw error
    }
  }
}
