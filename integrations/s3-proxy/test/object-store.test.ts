import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { directoryStore, memoryStore, startS3Proxy } from '../src/index.ts'
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

// The S3 endpoint behind it is another proxy, over memory: as strict about parts as S3 itself.
objectStoreContract('S3 endpoint', async () => {
  const behind = await startS3Proxy({
    authority: new FakeAuthority(),
    store: memoryStore(),
    host: '127.0.0.1',
    port: 0,
    region: 'local-1',
    defaultKey: 'alias/s3',
  })
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }
  const store = s3Store({ endpoint: behind.url, region: 'local-1', credentials })
  return {
    store,
    close: async () => {
      await store.close()
      await behind.close()
    },
  }
})
