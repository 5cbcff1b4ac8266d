import { z } from 'zod'
import { S3Error, toS3Error } from '../error.ts'
import { parseXml, toXml } from '../http/xml.ts'
import type { Answer, Call } from './operation.ts'
import { readText, TEXT_MAX } from './read-text.ts'

export async function deleteObject({ proxy, name }: Call): Promise<Answer> {
  await proxy.store.delete(name)
  return { status: 204 }
}

const BATCH_MAX = 1000

const Delete = z.object({
  Quiet: z.enum(['true', 'false']).optional(),
  Object: z
    .array(z.object({ Key: z.string().min(1), VersionId: z.undefined().optional() }))
    .min(1)
    .max(BATCH_MAX),
})

/** DeleteObjects: each key by itself, so that one failure stops no other. */
export async function deleteObjects({ proxy, name, body }: Call): Promise<Answer> {
  const parsed = Delete.safeParse(parseXml(await readText(body(), TEXT_MAX), 'Delete'))
  if (!parsed.success)
    throw new S3Error('MalformedXML', `expected 1 to ${BATCH_MAX} elements Object with a Key`, { cause: parsed.error })
  const { Object: objects, Quiet } = parsed.data
  const deleted: { Key: string }[] = []
  const failed: { Key: string; Code: string; Message: string }[] = []
  await proxy.store.headBucket(name.bucket)
  for (const { Key } of objects) {
    try {
      await proxy.store.delete({ bucket: name.bucket, key: Key })
      deleted.push({ Key })
    } catch (error) {
      const { code, message } = toS3Error(error)
      failed.push({ Key, Code: code, Message: message })
    }
  }
  return {
    status: 200,
    body: toXml('DeleteResult', { Deleted: Quiet === 'true' ? undefined : deleted, Error: failed }),
  }
}
