import { CONTEXT_SIZE_MAX } from '@hufu/crypto'
import { describe, expect, it } from 'vitest'
import { BLOB_OVERHEAD, blobHeader, decodeBlob, encodeBlob } from '../src/ciphertext/blob.ts'
import { canonicalContext } from '../src/ciphertext/canonical-context.ts'
import { Nonces } from '../src/ciphertext/nonces.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('ciphertext blob', () => {
  const fields = { algorithm: 'AES-256-GCM', keyId: '00112233-4455-6677-8899-aabbccddeeff', keyVersion: 258 } as const
  const nonce = new Uint8Array(12).fill(9)

  it('has the fields of its page', () => {
    const blob = encodeBlob(blobHeader(fields), nonce, new Uint8Array(17).fill(5))
    expect(blob.length).toBe(BLOB_OVERHEAD + 1)
    expect(hex(blob)).toBe(`48464b42010100112233445566778899aabbccddeeff00000102${'09'.repeat(12)}${'05'.repeat(17)}`)
    expect(decodeBlob(blob)).toMatchObject(fields)
  })

  it('is nothing else', () => {
    const blob = encodeBlob(blobHeader(fields), nonce, new Uint8Array(17))
    expect(decodeBlob(blob.subarray(0, BLOB_OVERHEAD))).toBeNull()
    expect(decodeBlob(new Uint8Array())).toBeNull()
    for (const index of [0, 1, 2, 3, 4, 5])
      expect(decodeBlob(blob.map((byte, i) => (i === index ? byte ^ 0x80 : byte)))).toBeNull()
  })
})

describe('canonical context', () => {
  it('is the same for no context and an empty one', () => {
    expect(hex(canonicalContext(undefined))).toBe('0000')
    expect(hex(canonicalContext({}))).toBe('0000')
  })

  it('is in the order of the UTF-8 bytes of the keys', () => {
    expect(hex(canonicalContext({ b: '2', a: '1' }))).toBe('0002000161000131000162000132')
    // In UTF-16 units the first would come second.
    expect(Object.keys({ '\uffee': '', '\u{1f600}': '' })).toHaveLength(2)
    expect(hex(canonicalContext({ '\u{1f600}': '', '\uffee': '' }))).toBe('00020003efbfae00000004f09f98800000')
  })

  it('has at most 8,192 bytes', () => {
    const value = 'v'.repeat(CONTEXT_SIZE_MAX - 7)
    expect(canonicalContext({ k: value }).length).toBe(CONTEXT_SIZE_MAX)
    expect(() => canonicalContext({ k: `${value}v` })).toThrow(expect.objectContaining({ code: 'InvalidParameter' }))
    expect(() => canonicalContext({ k: '\ud800' })).toThrow(expect.objectContaining({ code: 'InvalidParameter' }))
  })
})

describe('nonces', () => {
  it('are an epoch and a counter that wraps', () => {
    const nonces = new Nonces(7, 2n ** 64n - 1n)
    expect(hex(nonces.next())).toBe('00000007ffffffffffffffff')
    expect(hex(nonces.next())).toBe('000000070000000000000000')
  })

  it('start anywhere', () => {
    expect(hex(new Nonces(1).next())).not.toBe(hex(new Nonces(1).next()))
  })
})
