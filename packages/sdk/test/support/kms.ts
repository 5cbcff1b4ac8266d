import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kms, memoryBackend, openKms } from '@hufu/kms'
import { HufuError, type KeyOperations, type KeyService } from '@hufu/wire'
import type { RegionOptions } from '../../src/index.ts'

/** A real KMS in this process, with a key `alias/films`, that can be told to fail or to be slow. */
export interface TestRegion extends RegionOptions, AsyncDisposable {
  readonly kms: Kms
  readonly keyId: string
  readonly operations: KeyOperations
  /** What happens to every call before the KMS has it. */
  fault: (signal: AbortSignal | undefined) => Promise<void>
  calls: number
}

export const healthy = async (): Promise<void> => {}
export const down = async (): Promise<void> => {
  throw new HufuError('Unavailable', 'connection refused')
}
/** Never answers; ends only by the signal. */
export const hanging = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))

export async function testRegion(name: string): Promise<TestRegion> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-sdk-'))
  const store = { client: 'sqlite' as const, file: join(dir, 'kms.db') }
  const kms = await openKms({ store, backend: memoryBackend(), region: name, accountId: '000000000001' })
  const { accessKeyId, principal } = await kms.bootstrap()
  const operations = kms.as({ principal, accessKeyId, requestId: 'test', sourceIp: 'test' })
  const { keyId } = await operations.createKey({ alias: 'films' })
  const region: TestRegion = {
    name,
    provider: 'hufu',
    kms,
    keyId,
    operations,
    fault: healthy,
    calls: 0,
    keys: faulty(operations, async (signal) => {
      region.calls++
      await region.fault(signal)
    }),
    async [Symbol.asyncDispose]() {
      await kms.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
  return region
}

const faulty = (keys: KeyService, before: (signal: AbortSignal | undefined) => Promise<void>): KeyService => ({
  encrypt: (input, options) => before(options?.signal).then(() => keys.encrypt(input, options)),
  decrypt: (input, options) => before(options?.signal).then(() => keys.decrypt(input, options)),
  generateDataKey: (input, options) => before(options?.signal).then(() => keys.generateDataKey(input, options)),
  reEncrypt: (input, options) => before(options?.signal).then(() => keys.reEncrypt(input, options)),
})
