import { randomBytes, randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { HashName } from '../src/hash-engine.ts'
import { native } from '../src/native.ts'
import { nativeHash } from '../src/native-hash.ts'
import { opensslHash } from '../src/openssl-hash.ts'
import { hex } from './vectors.ts'

if (native === null) throw new Error('expected the native addon, which the tests compare with its twin')
const addon = native
const nativeEngine = nativeHash(addon)

test.each<HashName>(['sha256', 'sm3'])('both engines compute the same HMAC-%s', (hash) => {
  for (let size = 0; size < 300; size++) {
    const [key, message] = [randomBytes(randomInt(0, 150)), randomBytes(size)]
    const expected = hex(opensslHash.hmac(hash, key, [message]))
    expect(hex(nativeEngine.hmac(hash, key, [message]))).toBe(expected)
    expect(hex(nativeEngine.hmac(hash, key, [message.subarray(0, 7), message.subarray(7)]))).toBe(expected)
    expect(hex(opensslHash.hmac(hash, key, [message.subarray(0, 7), message.subarray(7)]))).toBe(expected)
  }
})

test.each<HashName>(['sha256', 'sm3'])('both engines expand to the same with %s', (hash) => {
  for (let size = 1; size < 8161; size = size * 2 + randomInt(0, 3)) {
    const [key, info] = [randomBytes(32), randomBytes(randomInt(0, 3000))]
    const [ours, twins] = [new Uint8Array(size), new Uint8Array(size)]
    nativeEngine.hkdfExpand(hash, key, info, ours)
    opensslHash.hkdfExpand(hash, key, info, twins)
    expect(hex(ours)).toBe(hex(twins))
  }
})

test('the addon refuses what it was not made for', () => {
  const bytes = new Uint8Array(32)
  const shared = new Uint8Array(new SharedArrayBuffer(32))
  const wrong = (call: () => void) => expect(call).toThrow(TypeError)
  wrong(() => addon.hmac(2 as 0, bytes, bytes, bytes))
  wrong(() => addon.hmac(0, shared, bytes, bytes))
  wrong(() => addon.hmac(0, bytes, shared, bytes))
  wrong(() => addon.hmac(0, bytes, bytes, new Uint8Array(31)))
  wrong(() => addon.hmac(0, bytes, 'text' as unknown as Uint8Array, bytes))
  wrong(() => addon.hkdfExpand(0, bytes, bytes, new Uint8Array(0)))
  wrong(() => addon.hkdfExpand(0, bytes, bytes, new Uint8Array(8161)))
  wrong(() => (addon.hkdfExpand as () => void)())
})
