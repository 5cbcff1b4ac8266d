import * as kms from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awsClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

let running: KmsServer
let client: kms.KMSClient

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  client = awsClient(running)
})
afterAll(async () => {
  client?.destroy()
  await running?.close()
})

const kinds: readonly (readonly [kms.KeySpec, kms.KeyUsageType])[] = [
  ['RSA_2048', 'ENCRYPT_DECRYPT'],
  ['RSA_2048', 'SIGN_VERIFY'],
  ['SM2', 'ENCRYPT_DECRYPT'],
  ['SM2', 'SIGN_VERIFY'],
  ['SM2', 'KEY_AGREEMENT'],
  ['ECC_NIST_P256', 'SIGN_VERIFY'],
  ['ECC_NIST_P256', 'KEY_AGREEMENT'],
  ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'],
  ['ML_DSA_65', 'SIGN_VERIFY'],
  ['ML_KEM_768', 'ENCAPSULATE_DECAPSULATE'],
]

const known = new Set<string>([
  ...Object.values(kms.EncryptionAlgorithmSpec),
  ...Object.values(kms.SigningAlgorithmSpec),
  ...Object.values(kms.KeyAgreementAlgorithmSpec),
  ...Object.values(kms.EncapsulationAlgorithmSpec),
])

const algorithmsOf = (told: kms.GetPublicKeyCommandOutput | kms.KeyMetadata | undefined) => ({
  encryption: told?.EncryptionAlgorithms,
  signing: told?.SigningAlgorithms,
  agreement: told?.KeyAgreementAlgorithms,
  encapsulation: told?.EncapsulationAlgorithms,
})

it.each(kinds)(
  'of %s for %s DescribeKey and GetPublicKey tell the same, by names that AWS has',
  async (KeySpec, KeyUsage) => {
    const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ KeySpec, KeyUsage }))
    const shown = await client.send(new kms.GetPublicKeyCommand({ KeyId: KeyMetadata?.KeyId }))
    expect(algorithmsOf(shown)).toEqual(algorithmsOf(KeyMetadata))
    const names = Object.values(algorithmsOf(shown)).flatMap((algorithms = []) => algorithms)
    expect(names).not.toEqual([])
    expect(names.filter((name) => !known.has(name))).toEqual([])
  },
)
