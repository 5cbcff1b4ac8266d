import assert from 'node:assert/strict'
import { DecryptionError } from '@hufu/crypto'
import type { BackendCheck } from './backend-check.ts'
import { check } from './backend-check.ts'
import { DamagedMaterial } from './backend-error.ts'
import type { KeyBackend, KeyMaterial } from './key-backend.ts'
import { kindChecks } from './kind-contract.ts'

export type { BackendCheck } from './backend-check.ts'

const nonce = new Uint8Array(12).fill(7)
const aad = Buffer.from('bound')
const plaintext = Buffer.from('a data key of thirty-two bytes..')

const make = async (backend: KeyBackend, id: string): Promise<KeyMaterial> => ({
  id,
  spec: 'AES_256',
  wrapped: (await backend.generate('AES_256')).wrapped,
})

const flipped = (bytes: Uint8Array, index: number): Uint8Array =>
  bytes.map((byte, i) => (i === index ? byte ^ 0x40 : byte))

/** The contract of `KeyBackend`, for any test runner. */
export const backendContract: readonly BackendCheck[] = [
  check('opens what it sealed', async (backend) => {
    const key = await make(backend, 'a/1')
    const sealed = await backend.seal(key, nonce, aad, plaintext)
    assert.equal(sealed.length, plaintext.length + 16)
    assert.deepEqual(Buffer.from(await backend.open(key, nonce, aad, sealed)), plaintext)
  }),
  check('refuses a changed nonce, associated data, ciphertext or tag', async (backend) => {
    const key = await make(backend, 'a/1')
    const sealed = await backend.seal(key, nonce, aad, plaintext)
    await assert.rejects(backend.open(key, flipped(nonce, 0), aad, sealed), DecryptionError)
    await assert.rejects(backend.open(key, nonce, flipped(aad, 0), sealed), DecryptionError)
    for (const index of [0, plaintext.length - 1, plaintext.length, sealed.length - 1])
      await assert.rejects(backend.open(key, nonce, aad, flipped(sealed, index)), DecryptionError)
    for (const size of [0, 1, 15, 16])
      await assert.rejects(backend.open(key, nonce, aad, sealed.subarray(0, size)), DecryptionError)
    assert.deepEqual(Buffer.from(await backend.open(key, nonce, aad, sealed)), plaintext)
  }),
  check('keeps keys apart', async (backend) => {
    const [one, two] = [await make(backend, 'a/1'), await make(backend, 'b/1')]
    const sealed = await backend.seal(one, nonce, aad, plaintext)
    await assert.rejects(backend.open(two, nonce, aad, sealed), DecryptionError)
  }),
  check('names damaged material at every byte, and goes on with the rest', async (backend) => {
    const [good, bad] = [await make(backend, 'a/1'), await make(backend, 'b/1')]
    for (const index of bad.wrapped.keys()) {
      const damaged = { ...bad, id: `b/${index}`, wrapped: flipped(bad.wrapped, index) }
      await assert.rejects(backend.seal(damaged, nonce, aad, plaintext), DamagedMaterial)
    }
    await backend.seal(good, nonce, aad, plaintext)
  }),
  check('forgets and unwraps again', async (backend) => {
    const key = await make(backend, 'a/1')
    const sealed = await backend.seal(key, nonce, aad, plaintext)
    backend.forget('a/1')
    backend.forget('a/1')
    assert.deepEqual(Buffer.from(await backend.open(key, nonce, aad, sealed)), plaintext)
  }),
  check('wraps under the root key only: the wrapped bytes differ each time', async (backend) => {
    const [one, two] = [await make(backend, 'a/1'), await make(backend, 'b/1')]
    assert.notDeepEqual(one.wrapped, two.wrapped)
  }),
  check('gives random bytes of any size up to 1,024', async (backend) => {
    for (const size of [1, 32, 1024]) assert.equal((await backend.random(size)).length, size)
    assert.notDeepEqual(await backend.random(32), await backend.random(32))
  }),
  check('is ready, and says where keys are used', async (backend) => {
    await backend.ready()
    assert.ok(['HSM', 'SOFTWARE'].includes(backend.protection('AES_256') ?? ''))
    assert.match(backend.description, /HSM|SOFTWARE/)
  }),
  ...kindChecks,
  {
    name: 'uses the material of an earlier opening; closing twice is harmless',
    async run(open) {
      const before = await open()
      const key = await make(before, 'a/1')
      const sealed = await before.seal(key, nonce, aad, plaintext)
      await before.close()
      await before.close()
      const after = await open()
      assert.deepEqual(Buffer.from(await after.open(key, nonce, aad, sealed)), plaintext)
      await after.close()
    },
  },
]
