import type { KeyEvents } from './key-events.ts'
import type { KeyBindings } from './key-management.ts'
import type { KeyService } from './key-service.ts'

/** The scope of a SigV4 signing key (`DATE/REGION/SERVICE/aws4_request`). */
export interface SigningScope {
  /** YYYYMMDD. */
  readonly date: string
  readonly region: string
  readonly service: string
}

/** The connection that a client has to an adapter. */
export interface Origin {
  /** The client's address. */
  readonly sourceIp: string
  /** Whether it speaks TLS. */
  readonly secure: boolean
}

/** Somebody whose signature an adapter can check, and on whose behalf it can use keys. */
export interface Signer {
  readonly accessKeyId: string
  /** The principal's ARN. */
  readonly principal: string
  /** 32 bytes: HMAC chain of the secret key over the scope, never the secret itself. */
  readonly signingKey: Uint8Array
  /** The KMS, acting as this principal via the adapter: what the KMS refuses to them, it refuses here. */
  readonly keys: KeyService
  /** What this principal says to use keys for; absent where the KMS does not keep it. */
  readonly bindings?: Pick<KeyBindings, 'bindResource' | 'unbindResource'>
  /** The connection that the KMS decides by; what it allows there it may refuse elsewhere. Absent where it decides by the adapter's own. */
  readonly origin?: Origin
}

/** Where an adapter learns who may call it. In process this is the KMS itself; elsewhere its HTTP client. */
export interface Authority {
  /**
   * Null when there is no such active access key, or the token is not that of its session. `origin` is how the signed
   * request came. Throws `HufuError` `Unavailable` when it can't be known now.
   */
  signer(accessKeyId: string, scope: SigningScope, sessionToken?: string, origin?: Origin): Promise<Signer | null>
  readonly events: KeyEvents
}
