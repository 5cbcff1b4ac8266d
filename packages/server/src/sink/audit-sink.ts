/** Where copies of the audit go. */
export interface AuditSink {
  /** Its URL without credentials, and with a hash of its query: what positions and metrics know it by. */
  readonly name: string
  /** Hands over canonical records in their order. Rejects when it can't tell that all of them left; then they come again. */
  send(texts: readonly string[]): Promise<void>
  /** Drops what it holds open; a `send` on its way rejects or resolves soon. Idempotent. */
  close(): void
}

/** Milliseconds that a sink may take for one batch. */
export const SINK_PATIENCE = 30_000

/** The port that a URL names, or the scheme's own. */
export const portOf = (url: URL, otherwise: number): number => (url.port === '' ? otherwise : Number(url.port))

/** The host as sockets want it: IPv6 without brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')
