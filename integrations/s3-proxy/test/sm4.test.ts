import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../src/index.ts'
import { CREDENTIALS, send, startFixture } from './proxy-fixture.ts'

describe('a proxy that seals with SM4-GCM', () => {
  it('reads its objects, whole and in ranges, and those that were sealed with AES before', async () => {
    const store = memoryStore()
    const bytes = randomBytes(200_000)
    await using aes = await startFixture(store)
    await using sm4 = await startFixture(store, { algorithm: 'SM4-GCM', authority: aes.authority })
    await send(aes.proxy.url, 'PUT', '/bucket', { credentials: CREDENTIALS })
    await send(aes.proxy.url, 'PUT', '/bucket/aes', { body: bytes })
    await send(sm4.proxy.url, 'PUT', '/bucket/sm4', { body: bytes })
    for (const key of ['aes', 'sm4']) {
      for (const { proxy } of [aes, sm4]) {
        const whole = await send(proxy.url, 'GET', `/bucket/${key}`)
        expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
        const range = await send(proxy.url, 'GET', `/bucket/${key}`, { headers: { range: 'bytes=65530-131080' } })
        expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(65_530, 131_081))).toBe(true)
      }
    }
  })
})
