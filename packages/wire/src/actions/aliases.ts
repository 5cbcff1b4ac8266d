import { z } from 'zod'
import type { AliasPage, AliasQuery } from '../key-management.ts'
import { integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { awsAlias, tencentAlias } from './alias-fields.ts'
import { markersOf, truncation } from './marker.ts'

interface AliasInput {
  readonly alias: string
  readonly keyId: string
}

const awsTarget = z
  .strictObject({ AliasName: awsAlias, TargetKeyId: keyName })
  .transform(({ AliasName, TargetKeyId }): AliasInput => ({ alias: AliasName, keyId: TargetKeyId }))

const createAlias = action<AliasInput, void>({
  permission: 'kms:CreateAlias',
  subject: 'AliasName',
  changes: true,
  call: (keys, { alias, keyId }) => keys.createAlias(alias, keyId),
  aws: { name: 'CreateAlias', request: awsTarget, answer: () => ({}) },
})

const moveAlias = action<AliasInput, void>({
  permission: 'kms:UpdateAlias',
  subject: 'AliasName',
  changes: true,
  call: (keys, { alias, keyId }) => keys.moveAlias(alias, keyId),
  aws: { name: 'UpdateAlias', request: awsTarget, answer: () => ({}) },
})

/** In Tencent's API an alias is a key's one name, and the key is renamed. */
const renameKey = action<AliasInput, void>({
  permission: 'kms:UpdateAlias',
  changes: true,
  call: (keys, { alias, keyId }) => keys.renameKey(keyId, alias),
  tencent: {
    name: 'UpdateAlias',
    request: z
      .strictObject({ KeyId: keyName, Alias: tencentAlias })
      .transform(({ KeyId, Alias }) => ({ keyId: KeyId, alias: Alias })),
    answer: () => ({}),
  },
})

const deleteAlias = action<string, void>({
  permission: 'kms:DeleteAlias',
  subject: 'AliasName',
  changes: true,
  call: (keys, alias) => keys.deleteAlias(alias),
  aws: {
    name: 'DeleteAlias',
    request: z.strictObject({ AliasName: awsAlias }).transform(({ AliasName }) => AliasName),
    answer: () => ({}),
  },
})

const markers = markersOf('aliases')

const listAliases = action<AliasQuery, AliasPage>({
  permission: 'kms:ListAliases',
  changes: false,
  call: (keys, query) => keys.listAliases(query),
  aws: {
    name: 'ListAliases',
    request: z
      .strictObject({ KeyId: keyName.optional(), Limit: integer(1, 100).default(50), Marker: markers.given.optional() })
      .transform(({ KeyId, Limit, Marker }) => ({
        ...(KeyId === undefined ? {} : { keyId: KeyId }),
        limit: Limit,
        ...(Marker === undefined ? {} : { after: Marker }),
      })),
    answer: ({ aliases, next }) => ({
      Aliases: aliases.map(({ alias, arn, keyId, createdAt }) => ({
        AliasName: `alias/${alias}`,
        AliasArn: arn,
        TargetKeyId: keyId,
        CreationDate: createdAt / 1000,
        LastUpdatedDate: createdAt / 1000,
      })),
      ...truncation(markers, next),
    }),
  },
})

export const aliases: readonly Action[] = [createAlias, moveAlias, renameKey, deleteAlias, listAliases]
