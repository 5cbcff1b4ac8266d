/** Bytes of a request's body: more than the largest that any action can need. */
export const BODY_LIMIT = 65_536

/** Bytes of a body that is too large that are read before its refusal is sent and the connection closed. */
export const DISCARD_LIMIT = 1_048_576

/** Bytes of a request's headers. */
export const HEADER_LIMIT = 16_384

/** Milliseconds that a connection may be idle: longer than the usual load balancer's 60 s, so that it closes first. */
export const IDLE_TIMEOUT = 75_000

export interface ConnectionLimits {
  /** Milliseconds until the headers, and the whole request, must have come. */
  readonly headersTimeout: number
  readonly requestTimeout: number
  /** At once; more are closed as they come. */
  readonly connections: number
}

export const connectionLimits: ConnectionLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connections: 10_000,
}
