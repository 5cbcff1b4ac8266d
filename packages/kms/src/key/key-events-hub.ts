import type { KeyEvent, KeyEvents } from '@hufu/wire'

/** The changes of keys, told to who listens in this process. */
export class KeyEventsHub implements KeyEvents {
  readonly #listeners = new Set<(event: KeyEvent) => void>()
  readonly #connected: () => boolean

  constructor(connected: () => boolean) {
    this.#connected = connected
  }

  get connected(): boolean {
    return this.#connected()
  }

  subscribe(listener: (event: KeyEvent) => void): () => void {
    const own = (event: KeyEvent) => listener(event)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  publish(event: KeyEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
