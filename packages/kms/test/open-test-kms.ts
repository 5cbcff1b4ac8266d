import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Caller, KeyOperations } from '@hufu/wire'
import { type KeyBackend, type Kms, type KmsOptions, memoryBackend, openKms } from '../src/index.ts'

export const ACCOUNT = '000000000001'
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`

export const caller = (principal: string = ROOT): Caller => ({
  principal,
  accessKeyId: 'AKIATEST',
  requestId: randomUUID(),
  sourceIp: '127.0.0.1',
})

export interface TestKms {
  readonly dir: string
  readonly kms: Kms
  keys(principal?: string): KeyOperations
  close(): Promise<void>
}

export const temporaryDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'hufu-kms-'))

export const openAt = (dir: string, backend: KeyBackend, more: Partial<KmsOptions> = {}): Promise<Kms> =>
  openKms({
    store: { client: 'sqlite', file: join(dir, 'kms.db') },
    backend,
    region: 'local-1',
    accountId: ACCOUNT,
    ...more,
  })

/** A clock that stands still until it is moved. */
export class TestClock {
  now = Date.UTC(2026, 0, 1)

  readonly read = (): number => this.now

  days(days: number): void {
    this.now += days * 86_400_000
  }
}

/** A service on a new directory and a new memory backend. */
export async function openTestKms(more: Partial<KmsOptions> = {}): Promise<TestKms> {
  const dir = await temporaryDirectory()
  const kms = await openAt(dir, memoryBackend(), more)
  return {
    dir,
    kms,
    keys: (principal) => kms.as(caller(principal)),
    async close() {
      await kms.close()
      await rm(dir, { recursive: true })
    },
  }
}
