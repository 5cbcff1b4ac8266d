import type { KeyEvent, KeyEvents } from '@hufu/wire'

/** Key events to which this process adds its own: that everything is to be forgotten. */
export class ForgettableEvents implements KeyEvents {
  readonly #events: KeyEvents | undefined
  readonly #listeners = new Set<(event: KeyEvent) => void>()

  constructor(events: KeyEvents | undefined) {
    this.#events = events
  }

  get connected(): boolean {
    return this.#events?.connected ?? false
  }

  subscribe(listener: (event: KeyEvent) => void): () => void {
    this.#listeners.add(listener)
    const unsubscribe = this.#events?.subscribe(listener)
    return () => {
      this.#listeners.delete(listener)
      unsubscribe?.()
    }
  }

  forgetAll(): void {
    for (const listener of this.#listeners) listener({ keyId: '*', change: 'state' })
  }
}
