import type { Logger } from 'pino'
import type { Certified } from './certificate-authority.ts'

/** Milliseconds between two looks whether there is another certificate. */
const PERIOD = 15_000

/** A server that can be given another certificate while it runs. */
export interface TlsListener {
  renewTls(tls: Certified): void
}

/**
 * The certificate of all listeners. Where a look, every 15 s and at SIGHUP, finds another one, new connections are served
 * with it and those that there are go on. Files that are none are told to the log once, and the one at hand is kept.
 */
export class LiveCertificate {
  readonly #read: () => Promise<Certified>
  readonly #log: Logger
  readonly #listeners: TlsListener[] = []
  readonly #timer: NodeJS.Timeout
  readonly #hangUp = (): void => void this.look()
  #files: Certified
  #complaint = ''
  #looking: Promise<void> = Promise.resolve()

  /** `read` throws when what it finds can not be served. */
  constructor(first: Certified, read: () => Promise<Certified>, log: Logger) {
    this.#files = first
    this.#read = read
    this.#log = log
    this.#timer = setInterval(this.#hangUp, PERIOD).unref()
    process.on('SIGHUP', this.#hangUp)
  }

  get files(): Certified {
    return this.#files
  }

  serve(listener: TlsListener): void {
    this.#listeners.push(listener)
  }

  /** One look at a time, so that what a later one finds is what stays. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookOnce())
    return this.#looking
  }

  async #lookOnce(): Promise<void> {
    try {
      const files = await this.#read()
      if (files.cert !== this.#files.cert || files.key !== this.#files.key) this.#take(files)
      this.#complaint = ''
    } catch (error) {
      const complaint = String(error)
      if (complaint !== this.#complaint) this.#log.error({ err: error }, 'the certificate was not renewed')
      this.#complaint = complaint
    }
  }

  #take(files: Certified): void {
    for (const listener of this.#listeners) listener.renewTls(files)
    this.#files = files
    this.#log.info('new connections are served with another certificate')
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    process.off('SIGHUP', this.#hangUp)
    await this.#looking
  }
}
