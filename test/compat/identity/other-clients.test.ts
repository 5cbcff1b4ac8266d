import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { allow, type ClientCredentials } from '../support/identity-clients.ts'
import { backends, type KmsServer, REGION, startKms } from '../support/kms-server.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../support/boto3_identities.py', import.meta.url))

let running: KmsServer

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
})
afterAll(() => running?.close())

async function aws(service: string, args: readonly string[], credentials: ClientCredentials = running.root) {
  const { PATH, HOME } = process.env
  const env = {
    PATH,
    HOME,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
  }
  const { stdout } = await run('aws', [service, ...args, '--endpoint-url', running.server.url, '--output', 'json'], {
    env,
  })
  return stdout === '' ? {} : JSON.parse(stdout)
}

it('serves boto3', { timeout: 120_000 }, async () => {
  const { accessKeyId, secretAccessKey } = running.root
  const { stdout } = await run('python3', [script, running.server.url, accessKeyId, secretAccessKey])
  expect(JSON.parse(stdout)).toEqual({
    arn: 'arn:aws:iam::000000000001:user/boto',
    tags: [{ Key: 'team', Value: '虎' }],
    again: 'EntityAlreadyExists',
    document: JSON.parse(allow('kms:ListKeys')),
    forbidden: 'AccessDeniedException',
    trust: true,
    made: 'Enabled',
    who: 'arn:aws:sts::000000000001:assumed-role/maker/boto-session',
    missing: 'NoSuchEntity',
    invalid: 'MalformedPolicyDocument',
    users: ['boto'],
    simulated: ['allowed', 'implicitDeny'],
  })
})

it('serves the aws command', { timeout: 240_000 }, async () => {
  const { User } = await aws('iam', ['create-user', '--user-name', 'hand', '--path', '/by/'])
  expect(User.Arn).toBe('arn:aws:iam::000000000001:user/by/hand')
  const PolicyArn = 'arn:aws:iam::aws:policy/HufuReadOnly'
  await aws('iam', ['attach-user-policy', '--user-name', 'hand', '--policy-arn', PolicyArn])
  const { AccessKey } = await aws('iam', ['create-access-key', '--user-name', 'hand'])
  const own = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  expect(await aws('sts', ['get-caller-identity'], own)).toMatchObject({ Arn: User.Arn, UserId: User.UserId })
  const { Credentials } = await aws('sts', ['get-session-token', '--duration-seconds', '900'], own)
  const session = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  }
  expect((await aws('kms', ['list-keys'], session)).Keys.length).toBeGreaterThan(0)
  await expect(aws('kms', ['create-key'], session)).rejects.toThrow(/AccessDeniedException/)
  await expect(aws('iam', ['create-user', '--user-name', 'x'], session)).rejects.toThrow(/AccessDenied/)
})
