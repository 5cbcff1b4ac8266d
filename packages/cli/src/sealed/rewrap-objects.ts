import type { Hufu, RewrapOptions } from '@hufu/sdk'
import { objectKeys, proxiedObject, sealedObject } from '@hufu/sdk/s3'
import { z } from 'zod'
import { printObject } from '../output/result.ts'
import { withApi } from '../system/connect.ts'
import { eachOf, Tally } from './rewrap-tally.ts'
import { type S3Options, s3Client, s3Place } from './s3-place.ts'

/** What of an object has recipients: the sealed message that it is, or the envelope that the S3 proxy keeps with it. */
export type Layer = 'message' | 'envelope'

export interface RewrapObjectsOptions extends S3Options {
  readonly layer?: Layer
  readonly json?: boolean
}

/**
 * Gives every object under a prefix other recipients. Those that have them already are left, so that an interrupted
 * run goes on where it was; one that fails is told of, and the others are done all the same.
 */
export async function rewrapObjects(
  hufu: Hufu,
  url: string,
  recipients: RewrapOptions & { readonly signal: AbortSignal },
  options: RewrapObjectsOptions,
): Promise<void> {
  const { bucket, prefix } = s3Place(url)
  const { layer = options.s3Endpoint === undefined ? 'envelope' : 'message' } = options
  const [object, change] =
    layer === 'message' ? [sealedObject, recipients] : [proxiedObject, await withKeyIds(recipients, options)]
  const client = await s3Client(options)
  const tally = new Tally(url)
  try {
    await eachOf(objectKeys(client, bucket, prefix), (key) =>
      tally.count(key, hufu.rewrap(object(client, { bucket, key }), change), recipients.signal),
    )
  } finally {
    tally.end()
    client.destroy()
  }
  printObject({ ...tally.counts }, options.json ?? false)
}

const described = z.object({ KeyMetadata: z.object({ KeyId: z.string() }) })

/** The proxy tells which key an object has by its id, so that a name would never be found to be there already. */
async function withKeyIds<Change extends RewrapOptions>(change: Change, options: S3Options): Promise<Change> {
  const { keys } = change
  if (keys === undefined) return change
  return withApi('aws', options, async (api) => {
    const idOf = async (KeyId: string) => described.parse(await api.call('DescribeKey', { KeyId })).KeyMetadata.KeyId
    return { ...change, keys: await Promise.all(keys.map(idOf)) }
  })
}
