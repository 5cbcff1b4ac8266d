import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { selfSigned } from '../../../test/compat/support/self-signed.ts'
import { directoryStore, memoryStore, type S3Proxy, type S3ProxyOptions, startS3Proxy } from '../src/index.ts'
import { s3Store } from '../src/store/s3/s3-store.ts'
import { FakeAuthority } from './fake-authority.ts'
import { objectStoreContract } from './object-store.contract.ts'

objectStoreContract('memory', async () => ({ store: memoryStore(), close: async () => {} }))

objectStoreContract('directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hufu-objects-'))
  const store = directoryStore(directory)
  return {
    store,
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
})

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }

/** Another proxy, over memory: as strict about parts as S3 itself. */
const endpoint = (tls: Pick<S3ProxyOptions, 'tls'> = {}) =>
  startS3Proxy({
    authority: new FakeAuthority(),
    store: memoryStore(),
    host: '127.0.0.1',
    port: 0,
    region: 'local-1',
    defaultKey: 'alias/s3',
    ...tls,
  })

async function behindIt(behind: S3Proxy, trust: { readonly ca?: string } = {}) {
  const store = s3Store({ endpoint: behind.url, region: 'local-1', credentials: CREDENTIALS, ...trust })
  return {
    store,
    close: async () => {
      await store.close()
      await behind.close()
    },
  }
}

objectStoreContract('S3 endpoint', async () => behindIt(await endpoint()))

objectStoreContract('S3 endpoint by https', async () => {
  const { certificate: ca, key } = await selfSigned()
  return behindIt(await endpoint({ tls: { cert: ca, key } }), { ca })
})

it('an S3 endpoint with a certificate of an unknown CA is told as such', async () => {
  const { certificate: cert, key } = await selfSigned()
  const { store, close } = await behindIt(await endpoint({ tls: { cert, key } }))
  await expect(store.listBuckets()).rejects.toMatchObject({
    code: 'ServiceUnavailable',
    message: expect.stringMatching(/certificate that is not trusted \(.*SELF_SIGNED/),
  })
  await close()
})
