import { type Caller, HufuError } from '@hufu/wire'
import type { Key } from '../key/key.ts'

/** What is decided on: who wants to do what to which key. */
export interface AccessRequest {
  readonly caller: Caller
  readonly action: string
  /** Null for an action on no key, or on one that does not exist. */
  readonly key: Key | null
}

/** Throws `AccessDenied`; returns when it is allowed. Pure. */
export type Authorise = (request: AccessRequest) => void

/** The account's root user may do everything, nobody else anything. */
export const rootOnly =
  (accountId: string): Authorise =>
  ({ caller, action }) => {
    if (caller.principal === `arn:aws:iam::${accountId}:root`) return
    throw new HufuError('AccessDenied', `expected a principal that may ${action}, received ${caller.principal}`)
  }
