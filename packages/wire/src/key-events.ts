/** A change after which what was decided about a key may no longer hold. */
export interface KeyEvent {
  /** The key's id (not its ARN); `*` when every cached decision must be dropped. */
  readonly keyId: string
  readonly change: 'state' | 'policy' | 'version' | 'deleted'
}

/** A stream of key changes, so that caches drop what they hold within about a second. */
export interface KeyEvents {
  /** False while changes may be missed: caches then shorten their time to live. */
  readonly connected: boolean
  /** Calls the listener for each change, in order; returns the function that stops it. */
  subscribe(listener: (event: KeyEvent) => void): () => void
}
