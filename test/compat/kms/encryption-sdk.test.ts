import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node'
import { KMS } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsOptions } from '../support/clients.ts'
import { type KmsServer, startKms } from '../support/kms-server.ts'
import { places } from '../support/matrix/places.ts'
import { World } from '../support/matrix/world.ts'
import type { TestStore } from '../support/stores.ts'

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const encryptionContext = { tenant: '7', é: '虎' }
const plaintext = Buffer.alloc(100_000, 'x')

describe.each(places)("AWS's own Encryption SDK on %s and %s", (_backend, _store, open, openStore) => {
  let store: TestStore
  let running: KmsServer
  let world: World
  let client: KMS

  beforeAll(async () => {
    store = await openStore()
    running = await startKms(open, store.location)
    world = new World(running)
    client = new KMS(awsOptions(running))
  })
  afterAll(async () => {
    client?.destroy()
    await running?.close()
    await store?.stop()
  })

  // Its types are those of an older client.
  const clientProvider = () => client as never
  const keyring = (generatorKeyId: string, ...keyIds: string[]) =>
    new KmsKeyringNode({ generatorKeyId, keyIds, clientProvider })
  const discovery = () => new KmsKeyringNode({ discovery: true, clientProvider })
  const newArn = async (spec: object = {}) => world.arn(await world.key(spec))
  const sealed = async (...arns: [string, ...string[]]) =>
    (await encrypt(keyring(...arns), plaintext, { encryptionContext })).result

  it.each(['AES_256', 'SM4'] as const)('seals and opens under a key of %s', async (spec) => {
    const arn = await newArn({ spec })
    const opened = await decrypt(keyring(arn), await sealed(arn))
    expect(opened.plaintext.equals(plaintext)).toBe(true)
    expect(opened.messageHeader.encryptionContext).toMatchObject(encryptionContext)
  })

  it('seals under several keys, each of which opens by itself, and none of which has to be named', async () => {
    const arns = [await newArn(), await newArn(), await newArn({ spec: 'SM4' })] as [string, string, string]
    const message = await sealed(...arns)
    for (const ring of [...arns.map((arn) => keyring(arn)), discovery()])
      expect((await decrypt(ring, message)).plaintext.equals(plaintext)).toBe(true)
    const other = await newArn()
    await expect(decrypt(keyring(other), message)).rejects.toThrow(/unencrypted/)
  })

  it('does not open a message of another context', async () => {
    const arn = await newArn()
    const message = await sealed(arn)
    const at = message.indexOf('tenant') + 'tenant'.length - 1
    message[at] = 's'.charCodeAt(0)
    await expect(decrypt(keyring(arn), message)).rejects.toThrow(/InvalidCiphertext|can not be decrypted|unencrypted/)
  })

  it('opens under the key that is left, and under none when both are disabled', async () => {
    const [first, second] = [await world.key(), await world.key()]
    const [one, two] = [await world.arn(first), await world.arn(second)]
    const message = await sealed(one, two)
    await world.put(first, 'Disabled')
    expect((await decrypt(keyring(one, two), message)).plaintext.equals(plaintext)).toBe(true)
    await expect(decrypt(keyring(one), message)).rejects.toThrow(/disabled/i)
    await world.put(second, 'Disabled')
    await expect(decrypt(keyring(one, two), message)).rejects.toThrow(/disabled/i)
    await expect(sealed(one)).rejects.toThrow(/disabled/i)
    await world.keys.enableKey(second)
    expect((await decrypt(keyring(one, two), message)).plaintext.equals(plaintext)).toBe(true)
  })

  it('opens what was sealed before a rotation, and opens an archived key, which seals nothing', async () => {
    const keyId = await world.key()
    const arn = await world.arn(keyId)
    const message = await sealed(arn)
    await world.keys.rotateKey(keyId)
    const newer = await sealed(arn)
    await world.put(keyId, 'Archived')
    for (const each of [message, newer])
      expect((await decrypt(keyring(arn), each)).plaintext.equals(plaintext)).toBe(true)
    await expect(sealed(arn)).rejects.toThrow(/archived/i)
  })

  it('does not seal under a key that is not there, is to be deleted, or makes MACs', async () => {
    const arn = await newArn()
    const gone = arn.replace(/[0-9a-f-]{36}$/, world.unknown)
    await expect(sealed(gone)).rejects.toThrow(/NotFound|expected the name of a key/)
    const keyId = await world.key()
    await world.put(keyId, 'PendingDelete')
    await expect(sealed(await world.arn(keyId))).rejects.toThrow(/pending/i)
    await expect(sealed(await newArn({ spec: 'HMAC_256', use: 'GENERATE_VERIFY_MAC' }))).rejects.toThrow(/expected a/)
  })
})
