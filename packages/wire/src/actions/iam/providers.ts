import { z } from 'zod'
import type { Action } from '../action.ts'
import { arn, iamAction, iso, listOf, nothing } from './iam-fields.ts'

const onProvider = z.strictObject({ OpenIDConnectProviderArn: arn })

export const providers: readonly Action[] = [
  iamAction('CreateOpenIDConnectProvider', {
    changes: true,
    request: z
      .strictObject({
        Url: z.string().min(1).max(255),
        ClientIDList: listOf(z.string().min(1).max(255)).default([]),
        ThumbprintList: listOf(z.string().length(40)).default([]),
      })
      .transform(({ Url, ClientIDList, ThumbprintList }) => ({
        url: Url,
        clientIds: ClientIDList,
        thumbprints: ThumbprintList,
      })),
    call: (keys, input) => keys.createOidcProvider(input),
    answer: (provider) => ({ OpenIDConnectProviderArn: provider.arn }),
  }),
  iamAction('GetOpenIDConnectProvider', {
    changes: false,
    request: onProvider,
    call: (keys, { OpenIDConnectProviderArn }) => keys.getOidcProvider(OpenIDConnectProviderArn),
    answer: ({ url, clientIds, thumbprints, createdAt }) => ({
      Url: url.replace(/^https?:\/\//, ''),
      ClientIDList: clientIds,
      ThumbprintList: thumbprints,
      CreateDate: iso(createdAt),
    }),
  }),
  iamAction('ListOpenIDConnectProviders', {
    changes: false,
    request: z.strictObject({}),
    call: (keys) => keys.listOidcProviders(),
    answer: (providers) => ({ OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) }),
  }),
  iamAction('DeleteOpenIDConnectProvider', {
    changes: true,
    request: onProvider,
    call: (keys, { OpenIDConnectProviderArn }) => keys.deleteOidcProvider(OpenIDConnectProviderArn),
    answer: nothing,
  }),
]
