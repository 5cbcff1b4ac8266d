import type { RunningServer } from '@hufu/server'
import type { Logger } from 'pino'
import type { Certified } from './certificate-authority.ts'

/** Milliseconds between two looks whether the certificate is about to end. */
const PERIOD = 43_200_000

/** Gives a running server the new certificate, when there is one: new connections then see it. */
export class TlsRenewal {
  readonly #timer: NodeJS.Timeout
  #cert: string

  constructor(server: Pick<RunningServer, 'renewTls'>, first: Certified, read: () => Promise<Certified>, log: Logger) {
    this.#cert = first.cert
    const look = async (): Promise<void> => {
      const tls = await read()
      if (tls.cert === this.#cert) return
      server.renewTls(tls)
      this.#cert = tls.cert
    }
    this.#timer = setInterval(() => {
      look().catch((error) => log.error({ err: error }, 'the certificate was not renewed'))
    }, PERIOD).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
  }
}
