import type { Caller, EncryptionContext } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { CompiledPolicy } from '../policy/index.ts'

/** What is decided on: who wants to do what to which thing. */
export interface AccessRequest {
  readonly caller: Caller
  /** `Decrypt` of the KMS, or with its service: `iam:CreateUser`. */
  readonly action: string
  /** Null for an action on no key, or on one that does not exist. */
  readonly key: Key | null
  /** What the caller named the key by. */
  readonly keyName?: string | null
  /** The ARN of what is no key; `*` when absent. */
  readonly resource?: string
  /** The policy of what is no key: a role's trust. */
  readonly resourcePolicy?: CompiledPolicy
  /** Condition values of a web identity token and of a role's assumption. */
  readonly claims?: ReadonlyMap<string, readonly string[]>
  readonly context?: EncryptionContext | undefined
  /** The tags that the request gives. */
  readonly requestTags?: Readonly<Record<string, string>>
}

export const actionName = (action: string): string => (action.includes(':') ? action : `kms:${action}`)
