import { randomFillSync } from 'node:crypto'

export interface SessionLimits {
  /** Bytes of a session. */
  readonly sessionSize: number
  /** Sealings of one session, at most; a safe integer. */
  readonly sealings: number
  /** Plaintext bytes of one session, at most, but for its first sealing. */
  readonly bytes: number
}

export interface Numbered {
  readonly session: Uint8Array
  readonly counter: number
}

/** Gives every sealing a session and counter that no other has: a random session, counted up to its limits, then another. */
export class SessionCounter {
  readonly #limits: SessionLimits
  readonly #draw: () => Uint8Array
  #session = new Uint8Array(0)
  #sealings = Number.POSITIVE_INFINITY
  #bytes = 0

  /** `unsafeDraw` gives the sessions of a fixed example; random ones otherwise. */
  constructor(limits: SessionLimits, unsafeDraw?: () => Uint8Array) {
    this.#limits = limits
    this.#draw = unsafeDraw ?? (() => randomFillSync(new Uint8Array(limits.sessionSize)))
  }

  next(plaintextSize: number): Numbered {
    if (this.#sealings >= this.#limits.sealings || this.#bytes + plaintextSize > this.#limits.bytes) this.renew()
    this.#bytes += plaintextSize
    return { session: this.#session, counter: this.#sealings++ }
  }

  /** Draws a new session: for a process whose memory was copied, before it seals again. */
  renew(): void {
    this.#session = Uint8Array.from(this.#draw())
    this.#sealings = 0
    this.#bytes = 0
  }
}
