// child.js backend | plain URL | proxy URL KMS-DIRECTORY | directory DIRECTORY: one server, its URL sent to the parent.
import { join } from 'node:path'
import { openBackend } from '@hufu/hsm'
import { openKms } from '@hufu/kms'
import { directoryStore, type ObjectStore, startS3Proxy } from '@hufu/s3-proxy'
import { s3Store } from '@hufu/s3-proxy/s3-store'
import { startBackend } from './backend.ts'
import { startPlainProxy } from './plain-proxy.ts'

const region = 'local-1'
const [kind, target = '', data = target] = process.argv.slice(2)

async function start(): Promise<string> {
  if (kind === 'backend') return startBackend()
  if (kind === 'plain') return startPlainProxy(target)
  return startHufu(kind === 'directory' ? directoryStore(join(target, 'objects')) : overBackend(target))
}

const overBackend = (endpoint: string): ObjectStore =>
  s3Store({ endpoint, region, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } })

/** The proxy with the KMS in the same process, as `hufu up` runs them. */
async function startHufu(store: ObjectStore): Promise<string> {
  const backend = await openBackend({ dir: join(data, 'hsm'), pkcs11: 'off' })
  const location = { client: 'sqlite' as const, file: join(data, 'kms.db') }
  const kms = await openKms({ store: location, backend, region, accountId: '000000000001' })
  const { accessKeyId, secretAccessKey } = await kms.bootstrap()
  const authority = kms.authority('s3')
  const { url } = await startS3Proxy({ authority, store, host: '127.0.0.1', port: 0, region, defaultKey: 'alias/s3' })
  return `${url.replace('//', `//${accessKeyId}:${encodeURIComponent(secretAccessKey)}@`)}`
}

process.send?.(await start())
