import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backendContract } from '@hufu/kms/contract'
import { afterEach, beforeEach, describe, it } from 'vitest'
import { openBackend } from '../src/index.ts'

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
