import * as kms from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

type Algorithm = kms.EncryptionAlgorithmSpec

interface Side {
  readonly KeyId: string
  readonly algorithm: Algorithm
}

const kinds: Readonly<Record<string, readonly [kms.CreateKeyCommandInput, Algorithm]>> = {
  AES_256: [{}, 'SYMMETRIC_DEFAULT'],
  'RSA with SHA-1': [{ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }, 'RSAES_OAEP_SHA_1'],
  'RSA with SHA-256': [{ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }, 'RSAES_OAEP_SHA_256'],
  SM2: [{ KeySpec: 'SM2', KeyUsage: 'ENCRYPT_DECRYPT' }, 'SM2PKE'],
}

const pairs = Object.keys(kinds).flatMap((from) => Object.keys(kinds).map((to) => [from, to] as const))
const Plaintext = Buffer.from('never outside the server')

describe.each(Object.entries(backends))('re-encryption on %s', (_name, open) => {
  let running: KmsServer
  let client: kms.KMSClient
  const sides = new Map<string, Side>()

  beforeAll(async () => {
    running = await startKms(open)
    client = awsClient(running)
    for (const [name, [input, algorithm]] of Object.entries(kinds)) {
      const { KeyMetadata } = await client.send(new kms.CreateKeyCommand(input))
      sides.set(name, { KeyId: KeyMetadata?.KeyId ?? '', algorithm })
    }
  })
  afterAll(async () => {
    client?.destroy()
    await running?.close()
  })

  const side = (name: string): Side => sides.get(name) as Side
  const encrypt = async ({ KeyId, algorithm }: Side) =>
    (await client.send(new kms.EncryptCommand({ KeyId, Plaintext, EncryptionAlgorithm: algorithm }))).CiphertextBlob
  const decrypt = async ({ KeyId, algorithm }: Side, CiphertextBlob?: Uint8Array) => {
    const asked = { KeyId, CiphertextBlob, EncryptionAlgorithm: algorithm }
    return Buffer.from((await client.send(new kms.DecryptCommand(asked))).Plaintext ?? [])
  }
  const reEncrypt = (from: Side, to: Side, CiphertextBlob: Uint8Array | undefined, more: object = {}) =>
    client.send(
      new kms.ReEncryptCommand({
        CiphertextBlob,
        SourceKeyId: from.KeyId,
        SourceEncryptionAlgorithm: from.algorithm,
        DestinationKeyId: to.KeyId,
        DestinationEncryptionAlgorithm: to.algorithm,
        ...more,
      }),
    )

  it.each(pairs)('goes from %s to %s', async (from, to) => {
    const [source, destination] = [side(from), side(to)]
    const { CiphertextBlob, ...told } = await reEncrypt(source, destination, await encrypt(source))
    expect(told).toMatchObject({
      SourceKeyId: expect.stringContaining(source.KeyId),
      KeyId: expect.stringContaining(destination.KeyId),
      SourceEncryptionAlgorithm: source.algorithm,
      DestinationEncryptionAlgorithm: destination.algorithm,
    })
    expect(await decrypt(destination, CiphertextBlob)).toEqual(Plaintext)
  })

  it('asks for the key of a ciphertext that does not name it, and for no context of an algorithm that binds none', async () => {
    const [rsa, aes] = [side('RSA with SHA-256'), side('AES_256')]
    const sealed = await encrypt(rsa)
    const refused = { name: 'ValidationException' }
    await expect(reEncrypt(rsa, aes, sealed, { SourceKeyId: undefined })).rejects.toMatchObject(refused)
    const context = { tenant: '7' }
    await expect(reEncrypt(rsa, aes, sealed, { SourceEncryptionContext: context })).rejects.toMatchObject(refused)
    const back = reEncrypt(aes, rsa, await encrypt(aes), { DestinationEncryptionContext: context })
    await expect(back).rejects.toMatchObject(refused)
  })

  it('is refused of what the source did not encrypt, and of keys for something else', async () => {
    const [rsa, aes] = [side('RSA with SHA-256'), side('AES_256')]
    const sealed = Buffer.from((await encrypt(rsa)) ?? [])
    sealed[20] = (sealed[20] ?? 0) ^ 1
    await expect(reEncrypt(rsa, aes, sealed)).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
    const wrong = { ...aes, algorithm: rsa.algorithm }
    const usage = { name: 'InvalidKeyUsageException' }
    await expect(reEncrypt(wrong, aes, sealed)).rejects.toMatchObject(usage)
    await expect(reEncrypt(aes, wrong, await encrypt(aes))).rejects.toMatchObject(usage)
  })
})
