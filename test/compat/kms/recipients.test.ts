import { execFile } from 'node:child_process'
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tencentClient } from '../support/clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'

const run = promisify(execFile)

let running: KmsServer
let tencent: ReturnType<typeof tencentClient>

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  tencent = tencentClient(running)
  await run('openssl', ['genpkey', '-algorithm', 'SM2', '-out', sm2Key()])
  const { stdout } = await run('openssl', ['pkey', '-in', sm2Key(), '-pubout'])
  sm2PublicKey = stdout
})
afterAll(() => running?.close())

const sm2Key = () => join(running.dir, 'recipient.pem')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaPublicKey = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
let sm2PublicKey: string

type Open = (ciphertext: Buffer) => Promise<Buffer>

const oaep =
  (oaepHash: string): Open =>
  async (ciphertext) =>
    privateDecrypt({ key: rsa.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, ciphertext)

/** Node refuses to decrypt the older padding, for the sake of servers that answer attackers. */
const pkcs1: Open = async (ciphertext) => {
  const [key, sealed, out] = ['rsa.pem', 'sealed', 'opened'].map((name) => join(running.dir, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(key, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  await writeFile(sealed, ciphertext)
  await run('openssl', ['pkeyutl', '-decrypt', '-inkey', key, '-in', sealed, '-out', out])
  return readFile(out)
}

const sm2: Open = async (ciphertext) => {
  const [sealed, out] = [join(running.dir, 'sealed'), join(running.dir, 'opened')]
  await writeFile(sealed, ciphertext)
  await run('openssl', ['pkeyutl', '-decrypt', '-inkey', sm2Key(), '-in', sealed, '-out', out])
  return readFile(out)
}

const der = (tag: number, content: Buffer): Buffer => {
  const size =
    content.length < 0x80
      ? [content.length]
      : content.length < 0x100
        ? [0x81, content.length]
        : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const integer = (bytes: Buffer): Buffer => {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1
  const short = bytes.subarray(from)
  return der(0x02, (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), short]) : short)
}

/** C1 C3 C2, with or without the point's first byte, as GM/T 0009 writes it. */
const rawSm2: Open = (raw) => {
  const bytes = raw.length % 2 === 1 && raw[0] === 4 ? raw.subarray(1) : raw
  const [x, y, c3, c2] = [bytes.subarray(0, 32), bytes.subarray(32, 64), bytes.subarray(64, 96), bytes.subarray(96)]
  return sm2(der(0x30, Buffer.concat([integer(x), integer(y), der(0x04, c3), der(0x04, c2)])))
}

const recipients: readonly (readonly [string, () => string, Open])[] = [
  ['RSAES_PKCS1_V1_5', () => rsaPublicKey, pkcs1],
  ['RSAES_OAEP_SHA_1', () => rsaPublicKey, oaep('sha1')],
  ['RSAES_OAEP_SHA_256', () => rsaPublicKey, oaep('sha256')],
  ['SM2', () => sm2PublicKey, rawSm2],
  ['SM2_C1C3C2_ASN1', () => sm2PublicKey, sm2],
]

const bytes = (base64 = '') => Buffer.from(base64, 'base64')

describe.each(recipients)('a plaintext that is answered under %s', (EncryptionAlgorithm, publicKey, open) => {
  const to = () => ({ EncryptionPublicKey: publicKey(), EncryptionAlgorithm })

  it('of GenerateDataKey and Decrypt is opened by its private key alone', async () => {
    const made = await tencent.GenerateDataKey({ KeyId: 'alias/s3', KeySpec: 'AES_256', ...to() })
    const CiphertextBlob = made.CiphertextBlob ?? ''
    const plain = await tencent.Decrypt({ CiphertextBlob })
    expect(bytes(plain.Plaintext)).toHaveLength(32)
    expect(bytes(made.Plaintext)).not.toEqual(bytes(plain.Plaintext))
    expect(await open(bytes(made.Plaintext))).toEqual(bytes(plain.Plaintext))
    const again = await tencent.Decrypt({ CiphertextBlob, ...to() })
    expect(await open(bytes(again.Plaintext))).toEqual(bytes(plain.Plaintext))
  })

  it('of GetDataKeyPlaintext', async () => {
    const DataKeyName = `for-${EncryptionAlgorithm}`
    const hosted = await tencent.GenerateDataKey({
      KeyId: 'alias/s3',
      NumberOfBytes: 24,
      IsHostedByKms: 1,
      DataKeyName,
    })
    const DataKeyId = hosted.DataKeyId ?? ''
    const shown = await tencent.GetDataKeyPlaintext({ DataKeyId, ...to() })
    expect(await open(bytes(shown.Plaintext))).toEqual(bytes(hosted.Plaintext))
  })

  it('of PostQuantumCryptoDecrypt', async () => {
    const asked = { Alias: `pq-${EncryptionAlgorithm}`, KeySpec: 'ML_KEM_768_SM2' } as Parameters<
      typeof tencent.CreateKey
    >[0]
    const { KeyId = '' } = await tencent.CreateKey(asked)
    const PlainText = Buffer.from('虎符').toString('base64')
    const { CiphertextBlob = '' } = await tencent.PostQuantumCryptoEncrypt({ KeyId, PlainText })
    const opened = await tencent.PostQuantumCryptoDecrypt({ CiphertextBlob, ...to() })
    expect((await open(bytes(opened.PlainText))).toString()).toBe('虎符')
  })

  it('is refused for a key of another kind', async () => {
    const EncryptionPublicKey = publicKey() === rsaPublicKey ? sm2PublicKey : rsaPublicKey
    const asked = { KeyId: 'alias/s3', KeySpec: 'AES_256', EncryptionPublicKey, EncryptionAlgorithm }
    await expect(tencent.GenerateDataKey(asked)).rejects.toMatchObject({ code: 'FailedOperation.EncryptionError' })
  })
})
