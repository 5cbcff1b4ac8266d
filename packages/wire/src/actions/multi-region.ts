import { z } from 'zod'
import type { KeyMetadata } from '../key-operations.ts'
import type { ReplicateInput } from '../multi-region.ts'
import { keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsKeyMetadata } from './key-view.ts'
import type { KeyInput } from './on-one-key.ts'
import { tagList, tagView } from './tag-fields.ts'

const region = z.string().min(1).max(32)

const replicateKey = action<ReplicateInput, KeyMetadata>({
  permission: 'kms:ReplicateKey',
  changes: true,
  call: (keys, input) => keys.replicateKey(input),
  aws: {
    name: 'ReplicateKey',
    request: z
      .strictObject({
        KeyId: keyName,
        ReplicaRegion: region,
        Description: z.string().max(8192).default(''),
        Tags: tagList.default({}),
        Policy: z.string().max(32_768).default(''),
        // The account's root is never locked out of a replica.
        BypassPolicyLockoutSafetyCheck: z.boolean().optional(),
      })
      .transform(({ KeyId, ReplicaRegion, Description, Tags, Policy }) => ({
        keyId: KeyId,
        region: ReplicaRegion,
        description: Description,
        tags: Tags,
        ...(Policy === '' ? {} : { policy: Policy }),
      })),
    answer: (replica, { tags = {}, policy }) => ({
      ReplicaKeyMetadata: awsKeyMetadata(replica),
      ReplicaTags: tagView(tags),
      ...(policy === undefined ? {} : { ReplicaPolicy: policy }),
    }),
  },
})

const updatePrimaryRegion = action<KeyInput & { readonly region: string }, void>({
  permission: 'kms:UpdatePrimaryRegion',
  changes: true,
  call: (keys, { keyId, region }) => keys.updatePrimaryRegion(keyId, region),
  aws: {
    name: 'UpdatePrimaryRegion',
    request: z
      .strictObject({ KeyId: keyName, PrimaryRegion: region })
      .transform(({ KeyId, PrimaryRegion }) => ({ keyId: KeyId, region: PrimaryRegion })),
    answer: () => ({}),
  },
})

/** Keys that several regions have. */
export const multiRegion: readonly Action[] = [replicateKey, updatePrimaryRegion]
