import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecryptionError, refusalOf } from '@hufu/crypto'
import { BackendUnavailable, DamagedMaterial, type KeyBackend, type KeyMaterial } from '@hufu/kms'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openThreadedBackend } from '../src/index.ts'
import { answersOf, callsOf, flatAnswers, flatCalls } from '../src/thread/flat.ts'
import { pack, unpack, unpackOwn } from '../src/thread/packed.ts'

let dir: string
const nonce = new Uint8Array(12)
const aad = Buffer.from('context')

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-thread-'))
})

afterEach(() => rm(dir, { recursive: true }))

const newKey = async (backend: KeyBackend, spec: KeyMaterial['spec'] = 'AES_256'): Promise<KeyMaterial> => ({
  id: `${spec}/1`,
  spec,
  wrapped: (await backend.generate(spec)).wrapped,
})

it('answers a thousand calls at once, each with its own', async () => {
  const backend = await openThreadedBackend({ dir, pkcs11: 'auto' })
  const key = await newKey(backend)
  const texts = Array.from({ length: 1000 }, (_, index) => Buffer.from(`plaintext ${index}`))
  const sealed = await Promise.all(texts.map((text) => backend.seal(key, nonce, aad, text)))
  const opened = await Promise.all(sealed.map((bytes) => backend.open(key, nonce, aad, bytes)))
  expect(opened.map((bytes) => Buffer.from(bytes))).toEqual(texts)
  await backend.close()
})

it('leaves the bytes that it was given as they were', async () => {
  const backend = await openThreadedBackend({ dir, pkcs11: 'auto' })
  const key = await newKey(backend)
  const plaintext = Buffer.from('mine')
  const [wrapped, given] = [Buffer.from(key.wrapped), Buffer.from(plaintext)]
  await backend.seal(key, nonce, aad, plaintext)
  expect([Buffer.from(key.wrapped), plaintext]).toEqual([wrapped, given])
  await backend.close()
})

it('throws errors of the classes and with the texts that the backend throws', async () => {
  const backend = await openThreadedBackend({ dir, pkcs11: 'auto' })
  const key = await newKey(backend)
  const damaged = { ...key, id: 'damaged/1', wrapped: Uint8Array.from(key.wrapped, (byte) => byte ^ 1) }
  const refused = await backend.open(key, nonce, aad, new Uint8Array(40)).catch((error) => error)
  expect(refused).toBeInstanceOf(DecryptionError)
  expect(refused.message).toBe(new DecryptionError().message)
  expect(refusalOf(refused)).not.toBe('')
  const broken = await backend.seal(damaged, nonce, aad, aad).catch((error) => error)
  expect(broken).toBeInstanceOf(DamagedMaterial)
  expect(broken.message).toContain('damaged/1')
  await expect(backend.seal(key, new Uint8Array(11), aad, aad)).rejects.toBeInstanceOf(TypeError)
  await backend.close()
})

it('goes on with other calls while a large key is made', async () => {
  const backend = await openThreadedBackend({ dir, pkcs11: 'auto' })
  const key = await newKey(backend)
  let made = false
  const making = backend.generate('RSA_4096').then(() => {
    made = true
  })
  await backend.seal(key, nonce, aad, aad)
  expect(made).toBe(false)
  await making
  await backend.close()
})

it('serves several backends, until the last of them is closed', async () => {
  const first = await openThreadedBackend({ dir: join(dir, 'first'), pkcs11: 'off' })
  const second = await openThreadedBackend({ dir: join(dir, 'second'), pkcs11: 'off' })
  const key = await newKey(first, 'SM4')
  await first.close()
  await first.close()
  await expect(first.ready()).rejects.toThrow('closed')
  await expect(second.seal(key, nonce, aad, aad)).rejects.toBeInstanceOf(DamagedMaterial)
  await second.close()
  await expect(second.ready()).rejects.toBeInstanceOf(BackendUnavailable)
})

it('opens again after the last one was closed, and after one could not be opened', async () => {
  const token = { library: '/nonexistent.so', tokenLabel: 'hufu', pin: '0000' }
  await expect(openThreadedBackend({ dir, pkcs11: token })).rejects.toBeInstanceOf(BackendUnavailable)
  const first = await openThreadedBackend({ dir, pkcs11: 'auto' })
  const key = await newKey(first)
  const sealed = await first.seal(key, nonce, aad, aad)
  await first.close()
  const again = await openThreadedBackend({ dir, pkcs11: 'auto' })
  expect(Buffer.from(await again.open(key, nonce, aad, sealed))).toEqual(aad)
  await again.close()
})

it('refuses a second token directory beside the first, as one process can have one', async () => {
  const backend = await openThreadedBackend({ dir: join(dir, 'first'), pkcs11: 'auto' })
  await expect(openThreadedBackend({ dir: join(dir, 'second'), pkcs11: 'auto' })).rejects.toThrow('one token directory')
  await newKey(backend)
  await backend.close()
})

it('zeroises the memory that bytes travelled in', () => {
  const secret = Buffer.from('secret')
  const packed = pack([{ deep: [secret, null, 'text', 7] }])
  expect(unpack(packed)).toEqual([{ deep: [Uint8Array.from(secret), null, 'text', 7] }])
  expect(unpackOwn(packed)).toEqual([{ deep: [Uint8Array.from(secret), null, 'text', 7] }])
  expect(packed.memory.every((byte) => byte === 0)).toBe(true)
  expect(packed.memory).toHaveLength(secret.length)
})

it('lays calls and their answers out flat, and finds them again', () => {
  const key = { id: 'a/1', spec: 'AES_256', wrapped: Uint8Array.of(1, 2) } as const
  const call = {
    call: 5,
    backend: 2,
    method: 'open',
    input: [key, nonce, new Uint8Array(0), Uint8Array.of(3)],
  } as const
  expect(callsOf(flatCalls([call, { ...call, call: 6, method: 'seal' }]))).toEqual([
    call,
    { ...call, call: 6, method: 'seal' },
  ])
  const flat = flatAnswers([
    { call: 5, output: Uint8Array.of(9) },
    { call: 6, output: new Uint8Array(0) },
    { call: 7, output: Uint8Array.of(8, 7) },
  ])
  expect(answersOf(flat)).toEqual([
    { call: 5, output: Uint8Array.of(9) },
    { call: 6, output: new Uint8Array(0) },
    { call: 7, output: Uint8Array.of(8, 7) },
  ])
  expect(flat.memory.every((byte) => byte === 0)).toBe(true)
})
