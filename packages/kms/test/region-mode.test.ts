import type { KeySpec } from '@hufu/wire'
import { describe, expect, it } from 'vitest'
import { openTestKms } from './open-test-kms.ts'

const made = ['AES_256', 'RSA_2048', 'ECC_NIST_P256', 'HMAC_256'] as const
const commercial = ['SM4', 'SM2'] as const

describe.each<['fips' | 'gm' | undefined, KeySpec, readonly KeySpec[], readonly KeySpec[]]>([
  [undefined, 'AES_256', [...made, ...commercial], []],
  ['fips', 'AES_256', made, commercial],
  ['gm', 'SM4', commercial, made],
])('a region of mode %s', (mode, usual, possible, refused) => {
  it(`makes ${usual} unless told, and what its standards know`, async () => {
    const test = await openTestKms(mode === undefined ? {} : { mode })
    try {
      expect(await test.keys().createKey({})).toMatchObject({ spec: usual })
      for (const spec of possible) expect(await test.keys().createKey({ spec })).toMatchObject({ spec })
      for (const spec of refused)
        await expect(test.keys().createKey({ spec })).rejects.toMatchObject({ code: 'KeySpecNotInRegion' })
    } finally {
      await test.close()
    }
  })
})
