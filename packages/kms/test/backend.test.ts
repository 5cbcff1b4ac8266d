import { Secret } from '@hufu/crypto'
import { describe, it } from 'vitest'
import { backendContract } from '../src/backend/contract.ts'
import { softwareBackend } from '../src/index.ts'

describe('the reference backend', () => {
  const root = Secret.random(32)
  for (const { name, run } of backendContract)
    it(name, () => run(async () => softwareBackend(Secret.take(new Uint8Array(root.bytes())), 'SOFTWARE')))
})
