import {
  CreateKeyCommand,
  DecapsulateCommand,
  DescribeKeyCommand,
  EncapsulateCommand,
  GenerateDataKeyPairCommand,
  GetPublicKeyCommand,
  type KeySpec,
  type KMSClient,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsClient, tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const EncapsulationAlgorithm = 'ML_KEM'

/** Bytes of the encapsulation, of the public key (FIPS 203, table 3), and of its SubjectPublicKeyInfo (RFC 9935). */
const specs = [
  ['ML_KEM_512', 768, 800],
  ['ML_KEM_768', 1_088, 1_184],
  ['ML_KEM_1024', 1_568, 1_568],
] as const satisfies readonly (readonly [KeySpec, number, number])[]

const SPKI_AROUND = 22

describe.each(Object.entries(backends))('ML-KEM on %s', (_name, open) => {
  let running: KmsServer
  let aws: KMSClient

  beforeAll(async () => {
    running = await startKms(open)
    aws = awsClient(running)
  })
  afterAll(async () => {
    aws?.destroy()
    await running?.close()
  })

  it.each(specs)('%s gives one secret to who encapsulates and to who holds the key', async (KeySpec, size, raw) => {
    const made = await aws.send(new CreateKeyCommand({ KeySpec, KeyUsage: 'ENCAPSULATE_DECAPSULATE' }))
    expect(made.KeyMetadata).toMatchObject({ KeySpec, EncapsulationAlgorithms: ['ML_KEM'] })
    const KeyId = made.KeyMetadata?.KeyId
    const shown = await aws.send(new GetPublicKeyCommand({ KeyId }))
    expect(shown).toMatchObject({ KeyUsage: 'ENCAPSULATE_DECAPSULATE', EncapsulationAlgorithms: ['ML_KEM'] })
    expect(shown.PublicKey).toHaveLength(raw + SPKI_AROUND)

    const given = await aws.send(new EncapsulateCommand({ KeyId, EncapsulationAlgorithm }))
    expect(given.SharedSecret).toHaveLength(32)
    expect(given.SharedSecretCiphertextBlob).toHaveLength(size)
    const { SharedSecretCiphertextBlob } = given
    const asked = { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob } as const
    const got = await aws.send(new DecapsulateCommand(asked))
    expect(got).toMatchObject({ KeyId: made.KeyMetadata?.Arn, EncapsulationAlgorithm })
    expect(got.SharedSecret).toEqual(given.SharedSecret)

    // Implicit rejection (FIPS 203, 6.3): a changed ciphertext gives another secret, the same each time, and no error.
    const changed = SharedSecretCiphertextBlob?.map((byte, i) => (i === 7 ? byte ^ 1 : byte))
    const other = await aws.send(new DecapsulateCommand({ ...asked, SharedSecretCiphertextBlob: changed }))
    expect(other.SharedSecret).toHaveLength(32)
    expect(other.SharedSecret).not.toEqual(given.SharedSecret)
  })

  it('is not made for another use, and shown by both APIs', async () => {
    const wrong = new CreateKeyCommand({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCRYPT_DECRYPT' })
    await expect(aws.send(wrong)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' })
    const tencent = tencentClient(running)
    const { KeyId = '' } = await tencent.request('CreateKey', { Alias: 'ml-kem', KeySpec: 'ML_KEM_768' })
    const { KeyMetadata } = await tencent.DescribeKey({ KeyId })
    expect(KeyMetadata).toMatchObject({ KeyUsage: 'ENCAPSULATE_DECAPSULATE', ProtectionLevel: 'SOFTWARE' })
    const listed = await tencent.request('ListKeyDetail', { KeyUsage: 'ENCAPSULATE_DECAPSULATE', Limit: 200 })
    expect(listed.KeyMetadatas.map((key: { KeyId: string }) => key.KeyId)).toContain(KeyId)
    const described = await aws.send(new DescribeKeyCommand({ KeyId }))
    expect(described.KeyMetadata).toMatchObject({ KeySpec: 'ML_KEM_768', EncapsulationAlgorithms: ['ML_KEM'] })
  })

  it.each(specs)('%s pairs are made for use elsewhere', async (KeyPairSpec, _size, raw) => {
    const pair = await aws.send(new GenerateDataKeyPairCommand({ KeyId: 'alias/s3', KeyPairSpec }))
    expect(pair.PublicKey).toHaveLength(raw + SPKI_AROUND)
    // OneAsymmetricKey with the seed alone (RFC 9935, 6): 64 bytes and 22 around them.
    expect(pair.PrivateKeyPlaintext).toHaveLength(86)
  })
})
