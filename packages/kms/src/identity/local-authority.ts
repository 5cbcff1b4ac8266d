import { randomUUID } from 'node:crypto'
import {
  type Authority,
  type Caller,
  type KeyBindings,
  type KeyEvents,
  type KeyService,
  sigV4SigningKey,
} from '@hufu/wire'
import type { Identities } from './identities.ts'
import { hasToken, sessionFacts } from './session-facts.ts'

/** The authority of an adapter in the same process, which calls `via` its own name. */
export function localAuthority(
  identities: Identities,
  events: KeyEvents,
  as: (caller: Caller) => KeyService & KeyBindings,
  via: string,
): Authority {
  return {
    events,
    async signer(accessKeyId, scope, sessionToken) {
      const identity = await identities.find(accessKeyId)
      if (identity === null) return null
      using secret = identity.secret
      if (!identity.active) return null
      const { principal, session } = identity
      if (!hasToken(session, sessionToken)) return null
      const known = { principal, accessKeyId, via, ...(session === undefined ? {} : sessionFacts(session)) }
      const caller = (): Caller => ({ ...known, requestId: randomUUID(), sourceIp: 'in-process' })
      return {
        accessKeyId,
        principal,
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
