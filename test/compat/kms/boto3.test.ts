import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { backends, startKms } from '../support/kms-server.ts'

const script = fileURLToPath(new URL('../support/boto3_session.py', import.meta.url))

describe.each(Object.entries(backends))('boto3 on %s', (_name, open) => {
  it('makes, uses, disables and lists a key', async () => {
    const running = await startKms(open)
    const { accessKeyId, secretAccessKey } = running.root
    const { stdout } = await promisify(execFile)('python3', [script, running.server.url, accessKeyId, secretAccessKey])
    expect(JSON.parse(stdout)).toEqual({
      state: 'Enabled',
      plaintext: 'attack at dawn',
      dataKeySize: 32,
      sameDataKey: true,
      wrongContext: 'InvalidCiphertextException',
      disabled: 'DisabledException',
      listed: true,
      tags: [{ TagKey: 'team', TagValue: '虎' }],
    })
    await running.close()
  })
})
