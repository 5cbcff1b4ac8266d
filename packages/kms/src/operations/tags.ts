import type { KeyTagSet } from '@hufu/wire'
import type { Call } from '../kms.ts'
import { checkTags } from '../limits.ts'

export function tagKey(call: Call, keyId: string, tags: KeyTagSet): Promise<void> {
  return call.change(
    { action: 'TagResource', keyName: keyId, needs: 'edit', requestTags: tags },
    async (writes, key) => {
      checkTags({ ...(await writes.tags(key.id)), ...tags })
      await writes.putTags(key.id, tags)
    },
  )
}

/** Policies see the names of the tags. */
const untag = (names: readonly string[]) =>
  ({
    action: 'UntagResource',
    needs: 'edit',
    requestTags: Object.fromEntries(names.map((name) => [name, ''])),
  }) as const

/** Names that the key does not have are no failure. */
export function untagKey(call: Call, keyId: string, names: readonly string[]): Promise<void> {
  return call.change({ ...untag(names), keyName: keyId }, (writes, key) => writes.deleteTags(key.id, names))
}

export function listTags(call: Call, keyId: string): Promise<KeyTagSet> {
  return call.use({ action: 'ListResourceTags', keyName: keyId, needs: 'describe' }, (key) =>
    call.kms.store.tags(key.id),
  )
}
