import { S3Error } from '../error.ts'
import { parseXml, toXml } from '../http/xml.ts'
import { bindBucket, unbindBucket } from '../keys/bucket-binding.ts'
import { OWNER } from './list-objects.ts'
import type { Answer, Call } from './operation.ts'
import { readText, TEXT_MAX } from './read-text.ts'

export async function listBuckets({ proxy }: Call): Promise<Answer> {
  const buckets = await proxy.store.listBuckets()
  const rows = buckets.map(({ name, created }) => ({ Name: name, CreationDate: new Date(created).toISOString() }))
  return { status: 200, body: toXml('ListAllMyBucketsResult', { Owner: OWNER, Buckets: { Bucket: rows } }) }
}

/** CreateBucket. A location constraint must be this proxy's region. */
export async function createBucket({ proxy, user, name, body, request }: Call): Promise<Answer> {
  const text = request.headers['content-length'] === undefined ? '' : await readText(body(), TEXT_MAX)
  if (text !== '') checkLocation(parseXml(text, 'CreateBucketConfiguration'), proxy.region)
  await proxy.store.createBucket(name.bucket)
  await bindBucket(proxy, user, name.bucket)
  return { status: 200, headers: { location: `/${name.bucket}` } }
}

function checkLocation(configuration: unknown, region: string): void {
  const asked = typeof configuration === 'object' && configuration !== null ? configuration : {}
  const location: unknown = Reflect.get(asked, 'LocationConstraint')
  if (location !== undefined && location !== region)
    throw new S3Error('InvalidArgument', `expected the location constraint ${region}, received ${String(location)}`)
}

export async function headBucket({ proxy, name }: Call): Promise<Answer> {
  await proxy.store.headBucket(name.bucket)
  return { status: 200, headers: { 'x-amz-bucket-region': proxy.region } }
}

export async function deleteBucket({ proxy, user, name }: Call): Promise<Answer> {
  await proxy.store.deleteBucket(name.bucket)
  await unbindBucket(proxy, user, name.bucket)
  return { status: 204 }
}

export async function bucketLocation({ proxy, name }: Call): Promise<Answer> {
  await proxy.store.headBucket(name.bucket)
  return {
    status: 200,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${proxy.region}</LocationConstraint>`,
  }
}

/** What a client asks before it decides how to delete: nothing is versioned. */
export async function bucketVersioning({ proxy, name }: Call): Promise<Answer> {
  await proxy.store.headBucket(name.bucket)
  return { status: 200, body: toXml('VersioningConfiguration', {}) }
}
