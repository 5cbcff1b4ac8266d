import { randomBytes } from 'node:crypto'
import { DecryptionError, Secret } from '@hufu/crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BucketKey, decodeEnvelope, encodeEnvelope, openEnvelope, sealEnvelope } from '../src/format/envelope.ts'
import { type Manifest, openTail, sealTail, tailSize } from '../src/format/manifest.ts'
import { newObjectKey } from '../src/format/object-key.ts'
import { openPartToken, sealPartToken } from '../src/format/part-token.ts'
import { PART_SIZE_MIN, sealedPartSize, storedSize, TRAILER_SIZE } from '../src/format/size.ts'
import { suites } from '../src/format/suite.ts'
import { checkUploadId, readUploadId, writeUploadId } from '../src/format/upload-id.ts'

const bucketKey: BucketKey = {
  epoch: randomBytes(16),
  wrapped: randomBytes(150),
  cmk: 'arn',
  secret: Secret.random(32),
  [Symbol.dispose]() {},
}
const name = { bucket: 'bucket', key: 'a/b' }
const entry = (number: number, size: number) => ({ number, size, salt: randomBytes(16), md5: null, checksum: null })

describe.each(suites)('the object format with $algorithm', (suite) => {
  const key = newObjectKey(suite)

  it('has an envelope that opens for its own name and bucket key only', () => {
    const envelope = sealEnvelope(key, bucketKey, name, { layout: 'whole', size: 7 })
    const read = decodeEnvelope(encodeEnvelope(envelope))
    expect(read).toEqual(envelope)
    expect(Buffer.from(openEnvelope(read, bucketKey.secret, name).dek.bytes())).toEqual(Buffer.from(key.dek.bytes()))
    for (const other of [
      { bucket: 'bucke', key: 'ta/b' },
      { bucket: 'bucket', key: 'a/c' },
    ])
      expect(() => openEnvelope(read, bucketKey.secret, other)).toThrow(DecryptionError)
    expect(() => openEnvelope(read, Secret.random(32), name)).toThrow(DecryptionError)
  })

  it('wraps a key anew each time', () => {
    const [one, two] = [0, 0].map(() => sealEnvelope(key, bucketKey, name, { layout: 'parts', size: 0 }))
    expect(one?.bytes.subarray(60, 108).equals(two?.bytes.subarray(60, 108) ?? Buffer.alloc(0))).toBe(false)
  })

  it('has a tail that is found from its trailer and gives the manifest back', () => {
    const manifest: Manifest = {
      parts: [
        entry(2, PART_SIZE_MIN),
        { ...entry(9, 5), md5: randomBytes(16), checksum: { algorithm: 'CRC32', value: randomBytes(4) } },
      ],
      checksum: { algorithm: 'SHA256', value: randomBytes(32) },
      checksumType: 'COMPOSITE',
    }
    const tail = sealTail(key, manifest)
    const stored = sealedPartSize(PART_SIZE_MIN) + sealedPartSize(5) + tail.length
    expect(stored).toBe(storedSize(PART_SIZE_MIN + 5))
    expect(tailSize(tail.subarray(-TRAILER_SIZE), stored)).toBe(tail.length)
    expect(openTail(key, tail)).toEqual(manifest)
    expect(() => tailSize(tail.subarray(-TRAILER_SIZE), stored + 1)).toThrow(DecryptionError)
    expect(() => openTail(newObjectKey(suite), tail)).toThrow(DecryptionError)
  })

  it('has a tail that refuses a flipped bit anywhere', () => {
    const tail = sealTail(key, { parts: [entry(1, 3)], checksum: null, checksumType: null })
    for (let at = 0; at < tail.length; at++) {
      const changed = Buffer.from(tail)
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at)
      expect(() => openTail(key, changed)).toThrow(DecryptionError)
    }
  })

  it('has tokens of parts that only their own upload and number read', () => {
    const token = { entry: entry(3, 1000), staged: true }
    const text = sealPartToken(key, token)
    expect(openPartToken(key, 3, text)).toEqual(token)
    expect(() => openPartToken(key, 4, text)).toThrow(DecryptionError)
    expect(() => openPartToken(newObjectKey(suite), 3, text)).toThrow(DecryptionError)
    expect(() => openPartToken(key, 3, text.slice(0, -2))).toThrow(DecryptionError)
  })

  it('has upload ids that carry the state and are bound to it', () => {
    const envelope = sealEnvelope(key, bucketKey, name, { layout: 'parts', size: 0 })
    const upload = { backendId: '2~abc/+.', envelope, algorithm: 'CRC64NVME' as const, type: 'FULL_OBJECT' as const }
    const id = writeUploadId(key, upload)
    expect(readUploadId(id)).toEqual(upload)
    expect(() => checkUploadId(key, id)).not.toThrow()
    const other = writeUploadId(key, { ...upload, backendId: 'other' })
    const mixed = [other.split('.')[0], ...id.split('.').slice(1)].join('.')
    expect(() => checkUploadId(key, mixed)).toThrow(DecryptionError)
    expect(() => checkUploadId(newObjectKey(suite), id)).toThrow(DecryptionError)
  })
})

describe('what is not of the format', () => {
  it('is refused, whatever it is', () => {
    const refused = (work: () => unknown) => {
      try {
        work()
      } catch (error) {
        return error instanceof DecryptionError
      }
      return false
    }
    const [suite] = suites
    if (suite === undefined) expect.fail('expected a suite')
    const key = newObjectKey(suite)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.string(), (bytes, text) => {
        const base64 = Buffer.from(bytes).toString('base64url')
        expect(refused(() => openEnvelope(decodeEnvelope(base64), bucketKey.secret, name))).toBe(true)
        expect(refused(() => openTail(key, bytes))).toBe(true)
        expect(refused(() => openPartToken(key, 1, base64))).toBe(true)
        for (const id of [text, `${base64}.${base64}.${base64}`])
          expect(refused(() => checkUploadId(key, id))).toBe(true)
        for (const id of [text, `${base64}.${base64}.${base64}`]) {
          try {
            readUploadId(id)
          } catch (error) {
            expect(error).toBeInstanceOf(DecryptionError)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
})
