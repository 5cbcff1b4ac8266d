import { buildClient, CommitmentPolicy, KmsKeyringNode } from '@aws-crypto/client-node'
import { KMS } from '@aws-sdk/client-kms'
import { describe, expect, it } from 'vitest'
import { awsOptions } from '../support/clients.ts'
import { backends, startKms } from '../support/kms-server.ts'

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)

describe.each(Object.entries(backends))("AWS's own Encryption SDK on %s", (_name, open) => {
  it('seals and opens under a key of ours, and not while it is disabled', async () => {
    const running = await startKms(open)
    const keys = running.kms.as({ ...running.root, requestId: 'test', sourceIp: 'test' })
    const { arn } = await keys.describeKey('alias/s3')
    const client = new KMS(awsOptions(running))
    // Its types are those of an older client.
    const keyring = new KmsKeyringNode({ generatorKeyId: arn, clientProvider: () => client as never })
    const plaintext = Buffer.alloc(100_000, 'x')
    const { result } = await encrypt(keyring, plaintext, { encryptionContext: { tenant: '7' } })
    const opened = await decrypt(keyring, result)
    expect(opened.plaintext.equals(plaintext)).toBe(true)
    expect(opened.messageHeader.encryptionContext).toMatchObject({ tenant: '7' })
    await keys.disableKey('alias/s3')
    await expect(decrypt(keyring, result)).rejects.toThrow(/disabled|Disabled|unencrypted data key/i)
    client.destroy()
    await running.close()
  })
})
