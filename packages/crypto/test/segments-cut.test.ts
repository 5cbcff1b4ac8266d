import { expect, test } from 'vitest'
import { DecryptionError, openSegments, Secret, sealSegments, segmentCount, TAG_SIZE } from '../src/index.ts'
import { native } from '../src/native.ts'
import { NativeAead } from '../src/native-aead.ts'
import { opensslAead } from '../src/openssl-aead.ts'

if (native === null) throw new Error('expected the native addon, which the tests compare with its twin')
const key = Secret.random(32)
const ciphers = [
  { name: 'native', aead: new NativeAead(native, 'AES-256-GCM', key) },
  { name: 'portable', aead: opensslAead('AES-256-GCM', key) },
]

test.each(ciphers)('a sequence cut anywhere, even within a tag, is refused ($name)', ({ aead }) => {
  const run = { aead, aad: new Uint8Array(3), segmentSize: 64 }
  for (const size of [0, 1, 63, 64, 65, 128, 200]) {
    const sealed = sealSegments(run, 0, new Uint8Array(size).fill(7), true)
    expect(sealed.length).toBe(size + TAG_SIZE * segmentCount(size, 64))
    for (let cut = 0; cut < sealed.length; cut++)
      expect(() => openSegments(run, 0, sealed.subarray(0, cut), true)).toThrow(DecryptionError)
  }
})
