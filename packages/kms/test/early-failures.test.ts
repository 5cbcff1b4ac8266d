import type { KeyOperations } from '@hufu/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestKms, ROOT, type TestKms } from './open-test-kms.ts'

let running: TestKms

beforeAll(async () => {
  running = await openTestKms()
  await running.kms.bootstrap()
})
afterAll(() => running?.close())

const SESSION = 'arn:aws:sts::000000000001:assumed-role/night/one'

/** What fails before an operation has a key or an entry in hand, called in process: by whom, which, as what. */
const failures: readonly (readonly [string, string, (keys: KeyOperations) => Promise<unknown>])[] = [
  ['DescribeKey', ROOT, (keys) => keys.describeKeys([])],
  ['EnableKey', ROOT, (keys) => keys.enableKeys([])],
  ['DisableKey', ROOT, (keys) => keys.disableKeys(Array.from({ length: 101 }, () => 'alias/s3'))],
  ['ReplicateKey', ROOT, (keys) => keys.replicateKey({ keyId: 'alias/s3', region: 'x', policy: '{' })],
  ['iam:GetUser', SESSION, (keys) => keys.getUser(undefined)],
  ['iam:CreateAccessKey', SESSION, (keys) => keys.createAccessKey(undefined)],
  ['iam:ListAccessKeys', SESSION, (keys) => keys.listAccessKeys(undefined)],
  [
    'iam:CreateOpenIDConnectProvider',
    ROOT,
    (keys) => keys.createOidcProvider({ url: 'ftp://x', clientIds: [], thumbprints: [] }),
  ],
  ['iam:CreateVirtualMFADevice', ROOT, (keys) => keys.createMfaDevice('no/name')],
  ['sts:GetSessionToken', ROOT, (keys) => keys.sessionToken({ tokenCode: '000000' })],
  ['Decrypt', ROOT, (keys) => keys.decrypt({ ciphertext: new Uint8Array(3) })],
  ['GenerateRandom', ROOT, (keys) => keys.generateRandom(-1)],
  ['ListKeys', ROOT, (keys) => keys.listKeys({ limit: -1 })],
]

it.each(failures)('%s has a record, and one, when it fails at once', async (action, principal, call) => {
  const before = await running.kms.audit.list()
  const failure = await call(running.keys(principal)).then(
    () => null,
    (error) => error,
  )
  expect(failure).toMatchObject({ name: 'HufuError' })
  const after = await running.kms.audit.list()
  expect(after).toHaveLength(before.length + 1)
  expect(after.at(-1)).toMatchObject({ action, principal, outcome: failure.code })
})
