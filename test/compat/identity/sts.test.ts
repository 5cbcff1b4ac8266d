import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as iam from '@aws-sdk/client-iam'
import { CreateKeyCommand, EncryptCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import * as sts from '@aws-sdk/client-sts'
import { webIdentity } from '@hufu/sdk'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  allow,
  type ClientCredentials,
  iamClient,
  kmsClient,
  sessionOf,
  stsClient,
  trust,
} from '../support/identity-clients.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { seedOf, totpCode } from '../support/second-factor.ts'

const ACCOUNT = '000000000001'
const HOUR = 3_600_000

let running: KmsServer
let admin: iam.IAMClient

beforeAll(async () => {
  running = await startKms(backends['the software token'] as never)
  admin = iamClient(running)
})
afterAll(async () => {
  admin?.destroy()
  await running?.close()
})

async function newUser(name: string, policy?: string): Promise<ClientCredentials> {
  await admin.send(new iam.CreateUserCommand({ UserName: name }))
  if (policy !== undefined)
    await admin.send(new iam.PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: policy }))
  const { AccessKey } = await admin.send(new iam.CreateAccessKeyCommand({ UserName: name }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

async function newRole(name: string, trusting: string, policy: string): Promise<string> {
  const { Role } = await admin.send(new iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trusting }))
  await admin.send(new iam.PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument: policy }))
  return Role?.Arn ?? ''
}

const list = (credentials: ClientCredentials) => kmsClient(running, credentials).send(new ListKeysCommand({}))
const denied = { name: 'AccessDeniedException' }

describe('AssumeRole', () => {
  it('gives the rights of the role to whom its trust policy names, and to nobody else', async () => {
    const friend = await newUser('friend')
    const stranger = await newUser('stranger', allow('sts:AssumeRole'))
    const RoleArn = await newRole(
      'lister',
      trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/friend` }),
      allow('kms:ListKeys'),
    )
    const assume = (who: ClientCredentials) =>
      stsClient(running, who).send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'night' }))
    const assumed = await assume(friend)
    expect(assumed.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/lister/night`)
    const session = sessionOf(assumed)
    await list(session)
    const identity = await stsClient(running, session).send(new sts.GetCallerIdentityCommand({}))
    expect(identity).toMatchObject({
      Arn: assumed.AssumedRoleUser?.Arn,
      UserId: assumed.AssumedRoleUser?.AssumedRoleId,
    })
    await expect(assume(stranger)).rejects.toMatchObject({ name: 'AccessDenied' })
    const nobody = new sts.AssumeRoleCommand({ RoleArn: `${RoleArn}x`, RoleSessionName: 'night' })
    await expect(stsClient(running, friend).send(nobody)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('leaves it to the identity policies where the trust policy names the account', async () => {
    const with_ = await newUser('with', allow('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/open`))
    const without = await newUser('without')
    const RoleArn = await newRole('open', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow('kms:ListKeys'))
    const assume = (who: ClientCredentials) =>
      stsClient(running, who).send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'night' }))
    await assume(with_)
    await expect(assume(without)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('needs the token, and its own', async () => {
    const RoleArn = await newRole('token', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow('kms:ListKeys'))
    const assume = async () =>
      sessionOf(await stsClient(running).send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'night' })))
    const [one, two] = [await assume(), await assume()]
    const { sessionToken: _, ...bare } = one
    const refused = { name: 'UnrecognizedClientException' }
    await expect(list(bare)).rejects.toMatchObject(refused)
    await expect(list({ ...one, sessionToken: two.sessionToken ?? '' })).rejects.toMatchObject(refused)
    await expect(list({ ...running.root, sessionToken: two.sessionToken ?? '' })).rejects.toMatchObject(refused)
    await list(two)
  })

  it('ends: by its time, and with its role', { timeout: 120_000 }, async () => {
    const RoleArn = await newRole('short', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow('kms:ListKeys'))
    const assume = async () =>
      sessionOf(
        await stsClient(running).send(
          new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'night', DurationSeconds: 900 }),
        ),
      )
    const session = await assume()
    const identity = running.kms.identities
    expect(await identity.find(session.accessKeyId)).toMatchObject({ active: true })
    running.kmsSkew = HOUR
    const ended = await identity.find(session.accessKeyId)
    running.kmsSkew = 0
    expect(ended).toMatchObject({ active: false })
    const used = await assume()
    await list(used)
    running.kmsSkew = HOUR
    // One in use is looked up again within a second.
    const answer = () => list(used).then(String, ({ name }) => name)
    await expect.poll(answer, { timeout: 60_000, interval: 100 }).toBe('ExpiredTokenException')
    const unused = list(session)
    await expect(unused).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    running.kmsSkew = 0
    const other = await assume()
    await list(other)
    await admin.send(new iam.DeleteRolePolicyCommand({ RoleName: 'short', PolicyName: 'p' }))
    await admin.send(new iam.DeleteRoleCommand({ RoleName: 'short' }))
    await newRole('short', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow('kms:ListKeys'))
    await expect(list(other)).rejects.toMatchObject(denied)
  })

  it('is narrowed by session policies, never widened', async () => {
    const RoleArn = await newRole('wide', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow('kms:List*'))
    const assume = async (more: Partial<sts.AssumeRoleCommandInput>) =>
      sessionOf(
        await stsClient(running).send(new sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'night', ...more })),
      )
    await list(await assume({ Policy: allow('kms:ListKeys') }))
    await list(await assume({ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/HufuReadOnly' }] }))
    await expect(list(await assume({ Policy: allow('kms:ListAliases') }))).rejects.toMatchObject(denied)
    const wider = kmsClient(running, await assume({ Policy: allow('*') }))
    await expect(wider.send(new CreateKeyCommand({}))).rejects.toMatchObject(denied)
    await expect(assume({ Policy: '{}' })).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' })
  })

  it('asks for an external id where the role does', async () => {
    const condition = { StringEquals: { 'sts:ExternalId': 'e-1' } }
    const principal = { AWS: `arn:aws:iam::${ACCOUNT}:user/outside` }
    const RoleArn = await newRole('external', trust(principal, 'sts:AssumeRole', condition), allow('kms:ListKeys'))
    const client = stsClient(running, await newUser('outside'))
    const named = { RoleArn, RoleSessionName: 'night' }
    await client.send(new sts.AssumeRoleCommand({ ...named, ExternalId: 'e-1' }))
    await expect(client.send(new sts.AssumeRoleCommand({ ...named, ExternalId: 'e-2' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
    await expect(client.send(new sts.AssumeRoleCommand(named))).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

describe('GetSessionToken, GetFederationToken and GetAccessKeyInfo', () => {
  it('give and tell what they should', async () => {
    const user = await newUser('hal', allow(['kms:ListKeys', 'sts:*']))
    const client = stsClient(running, user)
    const session = sessionOf(await client.send(new sts.GetSessionTokenCommand({ DurationSeconds: 900 })))
    await list(session)
    const again = stsClient(running, session).send(new sts.GetSessionTokenCommand({}))
    await expect(again).rejects.toMatchObject({ name: 'AccessDenied' })
    const federated = await client.send(
      new sts.GetFederationTokenCommand({ Name: 'guest', Policy: allow('kms:ListKeys'), DurationSeconds: 900 }),
    )
    await list(sessionOf(federated))
    const bare = await client.send(new sts.GetFederationTokenCommand({ Name: 'guest' }))
    await expect(list(sessionOf(bare))).rejects.toMatchObject(denied)
    const info = await client.send(new sts.GetAccessKeyInfoCommand({ AccessKeyId: user.accessKeyId }))
    expect(info.Account).toBe(ACCOUNT)
  })
})

describe('AssumeRoleWithWebIdentity', () => {
  let issuer: Server
  let url: string
  let keys: Awaited<ReturnType<typeof generateKeyPair>>
  let RoleArn: string

  beforeAll(async () => {
    keys = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
    issuer = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/.well-known/openid-configuration')
        response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }))
      else response.end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
    const host = url.slice('http://'.length)
    const { OpenIDConnectProviderArn } = await admin.send(
      new iam.CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ['hufu'] }),
    )
    const condition = { StringEquals: { [`${host}:aud`]: 'hufu' }, StringLike: { [`${host}:sub`]: 'ci:*' } }
    const trusting = trust({ Federated: OpenIDConnectProviderArn }, 'sts:AssumeRoleWithWebIdentity', condition)
    RoleArn = await newRole('robot', trusting, allow('kms:ListKeys'))
  })
  afterAll(async () => {
    issuer?.closeAllConnections()
    await new Promise((resolve) => issuer?.close(resolve))
  })

  interface Claims {
    readonly sub?: string
    readonly aud?: string
    readonly iss?: string
    readonly exp?: number
    readonly key?: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  }

  const token = ({ sub = 'ci:main', aud = 'hufu', iss = url, exp, key = keys.privateKey }: Claims = {}) =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer(iss)
      .setAudience(aud)
      .setIssuedAt()
      .setExpirationTime(exp ?? '1h')
      .sign(key)

  const assume = async (claims?: Claims) =>
    stsClient(running).send(
      new sts.AssumeRoleWithWebIdentityCommand({
        RoleArn,
        RoleSessionName: 'build',
        WebIdentityToken: await token(claims),
      }),
    )

  it('takes a token of a registered issuer, by its published keys', async () => {
    const assumed = await assume()
    expect(assumed).toMatchObject({ SubjectFromWebIdentityToken: 'ci:main', Audience: 'hufu' })
    await list(sessionOf(assumed))
    const [record] = await running.kms.audit.list({ action: 'sts:AssumeRoleWithWebIdentity', newestFirst: true })
    expect(record).toMatchObject({ outcome: 'ok', key: RoleArn })
  })

  it('gives the Encryption SDK its credentials, for a token in a file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hufu-sdk-web-identity-'))
    try {
      const tokenFile = join(dir, 'token')
      writeFileSync(tokenFile, await token())
      const credentials = webIdentity({ endpoint: running.server.url, roleArn: RoleArn, tokenFile })
      await list(await credentials())
      writeFileSync(tokenFile, 'no.such.token')
      const wrong = webIdentity({ endpoint: running.server.url, roleArn: RoleArn, tokenFile })
      await expect(wrong()).rejects.toMatchObject({ name: 'HufuError' })
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('refuses a wrong key, audience and issuer, an expired token, and who the role does not trust', async () => {
    const invalid = { name: 'InvalidIdentityTokenException' }
    const { privateKey } = await generateKeyPair('ES256')
    await expect(assume({ key: privateKey })).rejects.toMatchObject(invalid)
    await expect(assume({ aud: 'other' })).rejects.toMatchObject(invalid)
    await expect(assume({ iss: 'https://issuer.example' })).rejects.toMatchObject(invalid)
    await expect(assume({ exp: Math.floor(Date.now() / 1000) - 3_600 })).rejects.toMatchObject({
      name: expect.stringMatching(/ExpiredToken/),
    })
    await expect(assume({ sub: 'someone' })).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('takes no token that is signed with nothing', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: url, aud: 'hufu', sub: 'ci:main', exp: Math.floor(Date.now() / 1000) + 600 }
    const unsigned = `${part({ alg: 'none' })}.${part(claims)}.`
    const command = new sts.AssumeRoleWithWebIdentityCommand({
      RoleArn,
      RoleSessionName: 'build',
      WebIdentityToken: unsigned,
    })
    await expect(stsClient(running).send(command)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' })
  })

  it('lists, shows and forgets issuers', async () => {
    const { OpenIDConnectProviderList = [] } = await admin.send(new iam.ListOpenIDConnectProvidersCommand({}))
    expect(OpenIDConnectProviderList).toHaveLength(1)
    const OpenIDConnectProviderArn = OpenIDConnectProviderList[0]?.Arn ?? ''
    const shown = await admin.send(new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    expect(shown).toMatchObject({ ClientIDList: ['hufu'], Url: url.slice('http://'.length) })
    await admin.send(new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
    await expect(assume()).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' })
  })
})

describe('a second factor', () => {
  it('is shown with a code that serves once, and policies see its age', async () => {
    const condition = {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
    }
    const user = await newUser('ida', allow('kms:ListKeys', '*', condition))
    const made = await admin.send(new iam.CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'ida' }))
    const SerialNumber = made.VirtualMFADevice?.SerialNumber ?? ''
    const seed = seedOf(Buffer.from(made.VirtualMFADevice?.Base32StringSeed ?? []).toString())
    expect(seed).toHaveLength(20)
    // The clock of the service stands still, so that each code is good for as long as the test needs.
    const now = Date.now()
    running.standstill = now
    const step = Math.floor(now / 30_000)
    const codeAt = (later: number) => totpCode(seed, step + later)
    const AuthenticationCodes = { AuthenticationCode1: codeAt(0), AuthenticationCode2: codeAt(1) }
    await admin.send(new iam.EnableMFADeviceCommand({ UserName: 'ida', SerialNumber, ...AuthenticationCodes }))
    const { MFADevices } = await admin.send(new iam.ListMFADevicesCommand({ UserName: 'ida' }))
    expect(MFADevices).toMatchObject([{ UserName: 'ida', SerialNumber }])
    await expect(list(user)).rejects.toMatchObject(denied)
    const session = (TokenCode: string) =>
      stsClient(running, user).send(new sts.GetSessionTokenCommand({ SerialNumber, TokenCode }))
    await expect(session(codeAt(1))).rejects.toMatchObject({ name: 'AccessDenied' })
    running.standstill = now + 60_000
    const TokenCode = codeAt(2)
    await list(sessionOf(await session(TokenCode)))
    await expect(session(TokenCode)).rejects.toMatchObject({ name: 'AccessDenied' })
    running.standstill = null
    const plain = sessionOf(await stsClient(running, user).send(new sts.GetSessionTokenCommand({})))
    await expect(list(plain)).rejects.toMatchObject(denied)
    await admin.send(new iam.DeactivateMFADeviceCommand({ UserName: 'ida', SerialNumber }))
    await admin.send(new iam.DeleteVirtualMFADeviceCommand({ SerialNumber }))
    const { VirtualMFADevices } = await admin.send(new iam.ListVirtualMFADevicesCommand({}))
    expect(VirtualMFADevices).toEqual([])
  })

  it('has no device of another', async () => {
    const user = await newUser('jon')
    const SerialNumber = `arn:aws:iam::${ACCOUNT}:mfa/nobody`
    const refused = stsClient(running, user).send(new sts.GetSessionTokenCommand({ SerialNumber, TokenCode: '000000' }))
    await expect(refused).rejects.toMatchObject({ name: 'AccessDenied' })
  })
})

describe('the root user', () => {
  it('may everything in a session of its own too', async () => {
    const session = sessionOf(await stsClient(running).send(new sts.GetSessionTokenCommand({})))
    const { KeyMetadata } = await kmsClient(running, session).send(new CreateKeyCommand({}))
    await kmsClient(running, session).send(
      new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('x') }),
    )
  })
})
