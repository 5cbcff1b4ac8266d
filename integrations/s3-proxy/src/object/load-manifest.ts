import { DecryptionError } from '@hufu/crypto'
import type { ObjectName } from '../format/envelope.ts'
import { type Manifest, objectSize, openTail, tailSize } from '../format/manifest.ts'
import type { ObjectKey } from '../format/object-key.ts'
import { TRAILER_SIZE, tailSizeMax } from '../format/size.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts'

/** The manifest of a stored object of so many plaintext bytes, authentic. Throws `DecryptionError`. */
export async function loadManifest(
  proxy: ProxyContext,
  name: ObjectName,
  info: Pick<ObjectInfo, 'etag' | 'size'>,
  key: ObjectKey,
  size: number,
): Promise<Manifest> {
  const id = `${name.bucket} ${info.etag} ${key.objectId.toString('hex')} ${name.key}`
  const manifest = proxy.manifests.get(id) ?? (await readManifest(proxy.store, name, info, key, size))
  if (objectSize(manifest) !== size) throw new DecryptionError()
  proxy.manifests.set(id, manifest)
  return manifest
}

async function readManifest(
  store: ObjectStore,
  name: ObjectName,
  info: Pick<ObjectInfo, 'etag' | 'size'>,
  key: ObjectKey,
  size: number,
): Promise<Manifest> {
  const end = await readEnd(store, name, info, tailSizeMax(size))
  return openTail(key, end.subarray(-tailSize(end.subarray(-TRAILER_SIZE), info.size)))
}

async function readEnd(
  store: ObjectStore,
  name: ObjectName,
  { etag }: Pick<ObjectInfo, 'etag'>,
  size: number,
): Promise<Buffer> {
  const { body } = await store.open(name, { range: { suffix: size }, ifMatch: etag })
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
