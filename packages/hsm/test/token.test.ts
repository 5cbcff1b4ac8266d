import { mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DamagedMaterial, type KeyBackend, type KeyMaterial } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openBackend } from '../src/index.ts'
import { openCryptoki } from '../src/pkcs11/cryptoki.ts'
import { rootKeys } from '../src/pkcs11/root-keys.ts'
import { findSoftHsm } from '../src/pkcs11/softhsm.ts'
import { findSlot, openSession } from '../src/pkcs11/token-session.ts'

let dir: string
const nonce = new Uint8Array(12)
const none = new Uint8Array()
const plaintext = Buffer.from('secret')

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hufu-hsm-'))
})

afterEach(() => rm(dir, { recursive: true }))

const library = () => {
  const found = findSoftHsm()
  if (found === null) throw new TypeError('expected SoftHSM2 to be installed: apt-get install softhsm2')
  return found
}

const newKey = async (backend: KeyBackend, id = 'k/1'): Promise<KeyMaterial> => ({
  id,
  spec: 'AES_256',
  wrapped: (await backend.generate('AES_256')).wrapped,
})

const ourToken = async () => ({
  label: 'hufu',
  pin: JSON.parse(await readFile(join(dir, 'pins.json'), 'utf8')).pin as string,
})

describe('a SoftHSM2 token', () => {
  it('says HSM, and is kept where only its user can read', async () => {
    const backend = await openBackend({ dir, pkcs11: 'auto' })
    expect(backend.protection('AES_256')).toBe('HSM')
    expect(backend.description).toMatch(/HSM/)
    for (const file of ['pins.json', 'softhsm2.conf']) expect((await stat(join(dir, file))).mode & 0o077).toBe(0)
    await backend.close()
  })

  it('is opened again when its sessions are lost', async () => {
    const backend = await openBackend({ dir, pkcs11: 'auto' })
    const key = await newKey(backend)
    const sealed = await backend.seal(key, nonce, none, plaintext)
    const { api, close } = openCryptoki(library(), join(dir, 'softhsm2.conf'))
    const slot = findSlot(api, 'hufu')
    if (slot === null) throw new TypeError('expected a slot')
    for (let loss = 0; loss < 3; loss++) {
      api.C_CloseAllSessions(slot)
      expect(Buffer.from(await backend.open(key, nonce, none, sealed))).toEqual(plaintext)
      api.C_CloseAllSessions(slot)
      await backend.generate('AES_256')
    }
    close()
    await backend.close()
  })

  it('makes a large key while it goes on with its work, and closes when it is made', async () => {
    const backend = await openBackend({ dir, pkcs11: 'auto' })
    const key = await newKey(backend)
    let made = false
    const making = backend.generate('RSA_4096').then(() => {
      made = true
    })
    for (let count = 0; count < 3; count++) await backend.seal(key, nonce, none, plaintext)
    expect(made).toBe(false)
    await backend.close()
    expect(made).toBe(true)
    await making
  })

  it('that is gone makes every call unavailable, until it is back', async () => {
    const backend = await openBackend({ dir, pkcs11: 'auto' })
    const key = await newKey(backend)
    const { api, close } = openCryptoki(library(), join(dir, 'softhsm2.conf'))
    const slot = findSlot(api, 'hufu')
    if (slot === null) throw new TypeError('expected a slot')
    await rename(join(dir, 'tokens'), join(dir, 'away'))
    api.C_CloseAllSessions(slot)
    await expect(backend.seal(key, nonce, none, plaintext)).rejects.toMatchObject({ name: 'BackendUnavailable' })
    await expect(backend.ready()).rejects.toMatchObject({ name: 'BackendUnavailable' })
    await rename(join(dir, 'away'), join(dir, 'tokens'))
    await backend.ready()
    await backend.seal(key, nonce, none, plaintext)
    close()
    await backend.close()
  })

  it('keeps its root keys in: neither may leave, and neither does the work of the other', async () => {
    await (await openBackend({ dir, pkcs11: 'auto' })).close()
    const cryptoki = openCryptoki(library(), join(dir, 'softhsm2.conf'))
    const { api } = cryptoki
    const session = openSession(cryptoki, await ourToken())
    for (const key of [session.wrapping, session.sealing]) {
      const read = () => api.C_GetAttributeValue(session.handle, key, [{ type: pkcs11.CKA_VALUE }])
      expect(read).toThrow(/SENSITIVE/)
      const wrap = () => api.C_WrapKey(session.handle, { mechanism: 0x210a }, session.wrapping, key, Buffer.alloc(100))
      expect(wrap).toThrow(/CKR_KEY_UNEXTRACTABLE/)
    }
    const encrypt = () => api.C_EncryptInit(session.handle, { mechanism: pkcs11.CKM_AES_ECB }, session.wrapping)
    expect(encrypt).toThrow(/CKR_KEY_FUNCTION_NOT_PERMITTED/)
    cryptoki.close()
  })

  it('whose root key could leave it is refused', async () => {
    await (await openBackend({ dir, pkcs11: 'auto' })).close()
    const cryptoki = openCryptoki(library(), join(dir, 'softhsm2.conf'))
    const { api } = cryptoki
    const { handle, wrapping } = openSession(cryptoki, await ourToken())
    api.C_DestroyObject(handle, wrapping)
    api.C_GenerateKey(handle, { mechanism: pkcs11.CKM_AES_KEY_GEN }, [
      { type: pkcs11.CKA_TOKEN, value: true },
      { type: pkcs11.CKA_PRIVATE, value: true },
      { type: pkcs11.CKA_SENSITIVE, value: false },
      { type: pkcs11.CKA_EXTRACTABLE, value: true },
      { type: pkcs11.CKA_VALUE_LEN, value: 32 },
      { type: pkcs11.CKA_LABEL, value: 'hufu-root' },
    ])
    expect(() => rootKeys(api, handle)).toThrow(/attribute 0x103 true/)
    await expect(openBackend({ dir, pkcs11: 'auto' })).rejects.toMatchObject({ name: 'BackendUnavailable' })
    cryptoki.close()
  })

  it('is used as a configured token too, by its label and PIN', async () => {
    const first = await openBackend({ dir, pkcs11: 'auto' })
    const key = await newKey(first)
    const sealed = await first.seal(key, nonce, none, plaintext)
    await first.close()
    const { label, pin } = await ourToken()
    process.env.SOFTHSM2_CONF = join(dir, 'softhsm2.conf')
    const configured = await openBackend({ dir, pkcs11: { library: library(), tokenLabel: label, pin } })
    expect(Buffer.from(await configured.open(key, nonce, none, sealed))).toEqual(plaintext)
    await configured.close()
    for (const wrong of [{ pin: '0000' }, { tokenLabel: 'other' }, { library: '/nonexistent.so' }]) {
      const refused = openBackend({ dir, pkcs11: { library: library(), tokenLabel: label, pin, ...wrong } })
      await expect(refused).rejects.toMatchObject({ name: 'BackendUnavailable' })
    }
  })
})

describe('the software token', () => {
  it('says SOFTWARE, and stays the token of its directory', async () => {
    const backend = await openBackend({ dir, pkcs11: 'off' })
    const key = await newKey(backend)
    const sealed = await backend.seal(key, nonce, none, plaintext)
    await backend.close()
    const again = await openBackend({ dir, pkcs11: 'auto' })
    expect(again.protection('AES_256')).toBe('SOFTWARE')
    expect(again.description).toMatch(/SOFTWARE/)
    expect(Buffer.from(await again.open(key, nonce, none, sealed))).toEqual(plaintext)
    await again.close()
    for (const file of ['software-token.json', 'local.key']) expect((await stat(join(dir, file))).mode & 0o077).toBe(0)
  })

  it('opens with its passphrase only', async () => {
    await (await openBackend({ dir, pkcs11: 'off', passphrase: 'right' })).close()
    for (const wrong of [{ passphrase: 'wrong' }, {}])
      await expect(openBackend({ dir, pkcs11: 'off', ...wrong })).rejects.toBeInstanceOf(DamagedMaterial)
    await (await openBackend({ dir, pkcs11: 'off', passphrase: 'right' })).close()
  })

  it('is refused when its file changed', async () => {
    await (await openBackend({ dir, pkcs11: 'off' })).close()
    const path = join(dir, 'software-token.json')
    const file = JSON.parse(await readFile(path, 'utf8'))
    for (const change of [{ salt: Buffer.alloc(32).toString('base64') }, { sealedUnder: 'passphrase' }]) {
      await writeFile(path, JSON.stringify({ ...file, ...change }))
      await expect(openBackend({ dir, pkcs11: 'off' })).rejects.toBeInstanceOf(DamagedMaterial)
    }
    for (const change of [{ salt: '' }, { format: 2 }, { more: 1 }]) {
      await writeFile(path, JSON.stringify({ ...file, ...change }))
      await expect(openBackend({ dir, pkcs11: 'off' })).rejects.toThrow()
    }
  })
})
