import { defaultKeyPolicy } from '../access/authoriser.ts'
import { checkLockout } from '../access/check-lockout.ts'
import { checkPolicy } from '../directory/checks.ts'
import { putEntry, readEntry } from '../directory/documents.ts'
import { nextState } from '../key/state.ts'
import type { Call } from '../kms.ts'

/** A key has one policy, which has this name. */
export const KEY_POLICY = 'default'

/** Throws `MalformedPolicyDocument`, also for a policy under which the caller could not put another. */
export async function putKeyPolicy(call: Call, keyId: string, document: string, bypassLockout: boolean): Promise<void> {
  const id = await call.keep({ action: 'PutKeyPolicy', keyName: keyId, needs: 'edit' }, async (key) => {
    if (!bypassLockout) await checkLockout(call, key, document, await call.kms.keyAccess.facts(key.id))
    checkPolicy(document, 'key')
    return {
      result: key.id,
      async write(writes) {
        nextState((await writes.key(key.id))?.state ?? key.state, 'edit')
        await putEntry(writes, 'key-policy', key.id, { document })
        await writes.announce({ keyId: key.id, change: 'policy' })
      },
    }
  })
  call.kms.events.publish({ keyId: id, change: 'policy' })
}

export function getKeyPolicy(call: Call, keyId: string): Promise<string> {
  return call.use({ action: 'GetKeyPolicy', keyName: keyId, needs: 'describe' }, async (key) => {
    const entry = await readEntry(call.kms.store, 'key-policy', key.id)
    return entry?.document ?? defaultKeyPolicy(call.kms.place.accountId)
  })
}

export function listKeyPolicies(call: Call, keyId: string): Promise<readonly string[]> {
  return call.use({ action: 'ListKeyPolicies', keyName: keyId, needs: 'describe' }, async () => [KEY_POLICY])
}
