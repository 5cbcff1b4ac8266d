import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyBackend } from '@hufu/kms'
import { backendContract } from '@hufu/kms/contract'
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from 'vitest'
import { openBackend, openThreadedBackend } from '../src/index.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-hsm-'))
})

afterEach(() => rm(dir, { recursive: true }))

describe('SoftHSM2', () => {
  for (const { name, run } of backendContract) it(name, () => run(() => openBackend({ dir, pkcs11: 'auto' })))
})

describe('the software token', () => {
  for (const { name, run } of backendContract) it(name, () => run(() => openBackend({ dir, pkcs11: 'off' })))
})

describe('the software token in a thread of its own', () => {
  let keeper: KeyBackend
  let kept: string
  // As long as it is open the thread is the same one.
  beforeAll(async () => {
    kept = await mkdtemp(join(tmpdir(), 'hufu-hsm-'))
    keeper = await openThreadedBackend({ dir: kept, pkcs11: 'off' })
  })
  afterAll(async () => {
    await keeper.close()
    await rm(kept, { recursive: true })
  })

  for (const { name, run } of backendContract) it(name, () => run(() => openThreadedBackend({ dir, pkcs11: 'off' })))
})
