import { randomUUID } from 'node:crypto'
import {
  type Authority,
  type Caller,
  type KeyBindings,
  type KeyEvents,
  type KeyService,
  type Origin,
  sigV4SigningKey,
} from '@hufu/wire'
import type { Identities } from './identities.ts'
import { hasToken, sessionFacts } from './session-facts.ts'

/** What the KMS is told of an adapter's own calls. */
const NOWHERE: Origin = { sourceIp: 'in-process', secure: false }

/**
 * The authority of an adapter in the same process, which calls `via` its own name: nothing is between the two, so the
 * client's connection to the adapter is what policies and the audit are told of.
 */
export function localAuthority(
  identities: Identities,
  events: KeyEvents,
  as: (caller: Caller) => KeyService & KeyBindings,
  via: string,
): Authority {
  return {
    events,
    async signer(accessKeyId, scope, sessionToken, origin) {
      const identity = await identities.find(accessKeyId)
      if (identity === null) return null
      using secret = identity.secret
      if (!identity.active) return null
      const { principal, session } = identity
      if (!hasToken(session, sessionToken)) return null
      const known = { principal, accessKeyId, via, ...(session === undefined ? {} : sessionFacts(session)) }
      const caller = (): Caller => ({ ...known, ...(origin ?? NOWHERE), requestId: randomUUID() })
      return {
        accessKeyId,
        principal,
        ...(origin === undefined ? {} : { origin }),
        signingKey: sigV4SigningKey(Buffer.from(secret.bytes()).toString(), scope),
        keys: {
          encrypt: (input) => as(caller()).encrypt(input),
          decrypt: (input) => as(caller()).decrypt(input),
          generateDataKey: (input) => as(caller()).generateDataKey(input),
          reEncrypt: (input) => as(caller()).reEncrypt(input),
        },
        bindings: {
          bindResource: (keyId, binding) => as(caller()).bindResource(keyId, binding),
          unbindResource: (keyId, binding) => as(caller()).unbindResource(keyId, binding),
        },
      }
    },
  }
}
