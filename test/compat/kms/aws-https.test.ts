import { writeFile } from 'node:fs/promises'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { type RunningServer, startServer } from '@hufu/server'
import { errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backends, type KmsServer, type OpenBackend, startKms } from '../support/kms-server.ts'
import { awsSdkClient } from '../support/matrix/aws-sdk-client.ts'
import type { Client } from '../support/matrix/case.ts'
import { pythonClient } from '../support/matrix/python-client.ts'
import { World } from '../support/matrix/world.ts'
import { selfSigned } from '../support/self-signed.ts'

/** A KMS behind https, and the file of the certificate to trust. */
interface Secure extends Pick<KmsServer, 'root' | 'dir'> {
  readonly server: RunningServer
  readonly certificate: string
  readonly file: string
}

const clients: Readonly<Record<string, (secure: Secure, trusting: boolean) => Promise<Client>>> = {
  '@aws-sdk/client-kms': async (secure, trusting) =>
    awsSdkClient(secure, { requestHandler: { httpsAgent: new Agent(trusting ? { ca: secure.certificate } : {}) } }),
  boto3: (secure, trusting) => pythonClient('boto3', secure, trusting ? { AWS_CA_BUNDLE: secure.file } : {}),
  'the aws command': (secure, trusting) => pythonClient('aws', secure, trusting ? { AWS_CA_BUNDLE: secure.file } : {}),
}

describe('https by its own certificate', () => {
  let running: KmsServer
  let secure: Secure
  let world: World

  beforeAll(async () => {
    running = await startKms(backends.SoftHSM2 as OpenBackend)
    world = new World(running)
    const { key, certificate } = await selfSigned()
    const file = join(running.dir, 'certificate.pem')
    await writeFile(file, certificate)
    const tls = { cert: certificate, key }
    const server = await startServer({ kms: running.kms, host: '127.0.0.1', port: 0, tls })
    secure = { root: running.root, dir: running.dir, server, certificate, file }
  })
  afterAll(async () => {
    await secure?.server.close()
    await running?.close()
  })

  describe.each(Object.entries(clients))('%s', (_client, connect) => {
    it('uses a key, is told errors', async () => {
      const client = await connect(secure, true)
      const KeyId = await world.key()
      const EncryptionContext = { tenant: '7' }
      const call = async (action: string, request: object) => {
        const outcome = await client.call(action, { ...request })
        return 'error' in outcome ? outcome.error : outcome.answer
      }
      const sealed = await call('Encrypt', { KeyId, Plaintext: world.plaintext, EncryptionContext })
      const CiphertextBlob = Buffer.from(Reflect.get(Object(sealed), 'CiphertextBlob'), 'base64')
      expect(await call('Decrypt', { CiphertextBlob, EncryptionContext })).toMatchObject({
        Plaintext: world.plaintext.toString('base64'),
      })
      expect(await call('Decrypt', { CiphertextBlob })).toBe(errorCatalogue.DecryptionFailed.aws)
      expect(await call('DescribeKey', { KeyId: world.unknown })).toBe(errorCatalogue.KeyNotFound.aws)
      await client.close()
    })

    it('does not talk to it without its certificate', async () => {
      const client = await connect(secure, false)
      const asked = client.call('GenerateRandom', { NumberOfBytes: 8 })
      const said = await asked.then(JSON.stringify, (error: unknown) => String(error))
      expect(said).toMatch(/certificate|refused by the client/i)
      await client.close().catch(() => {})
    })
  })
})
