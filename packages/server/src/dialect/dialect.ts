import type { Action, HufuError, WireForm } from '@hufu/wire'
import type { Signer } from '../authenticate/signer.ts'
import type { Received } from '../request/received.ts'

/** A signature found in a request: whose it says to be, and the means to check it. */
export interface Credential {
  readonly accessKeyId: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
  /** Whom it was signed for: `kms`, `iam`, `sts`. */
  readonly service: string
  /** The headers that the signature covers, lower-case. */
  readonly signedHeaders: readonly string[]
  /** As sent; proven to be the only form of it by `verify`. */
  readonly signature: string
  /** When it stops being good, milliseconds since the epoch. */
  readonly goodUntil: number
  /** Throws `SignatureMismatch` or `SignatureExpired`. */
  verify(signer: Signer, now: number): void
}

export interface NamedAction {
  readonly action: Action
  readonly form: WireForm<never, unknown>
}

export interface Reply {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** What AWS clients read as `x-amzn-RequestId`; the other dialects have it in the body. */
  readonly requestId?: string | undefined
}

/** What differs between the two APIs; everything else of a request's life is the same. */
export interface Dialect {
  readonly name: 'aws' | 'query' | 'tencent'
  /** The action's name as sent, for the record; empty when the request names none. */
  actionName(request: Received): string
  /** Throws `InvalidAction`. */
  action(request: Received): NamedAction
  /** Throws `MissingAuthentication` or `InvalidAuthorization`. */
  credential(request: Received): Credential
  /** The action's parameters as JSON. Throws `MalformedRequest`. */
  parameters(request: Received): Record<string, unknown>
  answer(request: Received, answer: Readonly<Record<string, unknown>>): Reply
  refuse(request: Received, error: HufuError): Reply
}
