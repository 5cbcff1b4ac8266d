import { afterEach, beforeEach, expect, test, vi } from 'vitest'

beforeEach(() => {
  vi.resetModules()
  vi.stubEnv('HUFU_NATIVE', 'off')
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('HUFU_NATIVE=off does the same without the addon, and says once that it is slower', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const { native } = await import('../src/native.ts')
  const portable = await import('../src/index.ts')
  expect(native).toBeNull()
  expect(said.mock.calls).toEqual([['hufu: the native addon is off; the portable ciphers are slower\n']])

  vi.resetModules()
  vi.stubEnv('HUFU_NATIVE', '')
  const full = await import('../src/index.ts')
  const nonce = new Uint8Array(12)
  const sealed = (api: typeof portable) => {
    using key = api.Secret.take(new Uint8Array(16).fill(9))
    return api.aead('SM4-GCM', key).seal(nonce, nonce, new Uint8Array(100))
  }
  expect(Buffer.compare(sealed(portable), sealed(full))).toBe(0)
})
