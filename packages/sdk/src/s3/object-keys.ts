import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

/** The keys of a bucket that begin with the prefix, in the endpoint's order. */
export async function* objectKeys(
  client: S3Client,
  bucket: string,
  prefix: string,
  pageSize = 1000,
): AsyncGenerator<string, void, undefined> {
  let next: string | undefined
  do {
    const page = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ContinuationToken: next,
      MaxKeys: pageSize,
    })
    const { Contents = [], NextContinuationToken } = await client.send(page)
    for (const { Key } of Contents) if (Key !== undefined) yield Key
    next = NextContinuationToken
  } while (next !== undefined)
}
