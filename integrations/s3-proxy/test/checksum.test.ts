import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChecksumAlgorithm } from '../src/checksum/checksum.ts'
import { digestOf } from '../src/checksum/digest.ts'
import { wholeChecksum } from '../src/checksum/whole-checksum.ts'

const digest = (algorithm: ChecksumAlgorithm | 'MD5', ...chunks: Uint8Array[]): Buffer => {
  const running = digestOf(algorithm)
  for (const chunk of chunks) running.update(chunk)
  return running.digest()
}

describe('checksums', () => {
  // The check values of the CRC catalogue (Greg Cook) and of RFC 1321 and FIPS 180-4 test suites.
  it.each([
    ['CRC32', '123456789', 'cbf43926'],
    ['CRC32C', '123456789', 'e3069283'],
    ['CRC64NVME', '123456789', 'ae8b14860a799888'],
    ['SHA1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['SHA256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['MD5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
  ] as const)('%s of "%s"', (algorithm, text, expected) => {
    expect(digest(algorithm, Buffer.from(text)).toString('hex')).toBe(expected)
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s is the same however the bytes come', (algorithm) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
        const whole = digest(algorithm, bytes)
        expect(digest(algorithm, bytes.subarray(0, cut), bytes.subarray(cut)).equals(whole)).toBe(true)
        const unaligned = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
        expect(digest(algorithm, unaligned).equals(whole)).toBe(true)
      }),
    )
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s of the whole is made of those of the parts', (algorithm) => {
    const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(parts, (chunks) => {
        const entries = chunks.map((chunk) => ({
          size: chunk.length,
          checksum: { algorithm, value: digest(algorithm, chunk) },
        }))
        const whole = wholeChecksum(algorithm, 'FULL_OBJECT', entries)
        expect(Buffer.from(whole?.value ?? []).equals(digest(algorithm, ...chunks))).toBe(true)
      }),
    )
  })

  it('of parts is that of their checksums end to end', () => {
    const chunks = [randomBytes(10), randomBytes(20)]
    const values = chunks.map((chunk) => digest('SHA256', chunk))
    const entries = values.map((value) => ({ size: 1, checksum: { algorithm: 'SHA256' as const, value } }))
    expect(wholeChecksum('SHA256', 'COMPOSITE', entries)?.value).toEqual(digest('SHA256', ...values))
    const lacking = [...entries, { size: 1, checksum: null }]
    expect(wholeChecksum('SHA256', 'COMPOSITE', lacking)).toBeNull()
  })
})
