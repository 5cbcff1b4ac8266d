import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { presignSigV4, sha256Hex, signSigV4 } from '@hufu/wire'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, awsRequest, tencentRequest } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

let running: Running
let KeyId: string
/** A user who may list keys, and nothing else. */
let mallory: { readonly accessKeyId: string; readonly secret: string; readonly principal: string }

beforeAll(async () => {
  running = await start()
  KeyId = (await running.keys.createKey({ alias: 'attacked' })).keyId
  const { arn } = await running.keys.createUser({ name: 'mallory' })
  await running.keys.putInlinePolicy({ kind: 'user', name: 'mallory' }, 'own', allow('kms:ListKeys'))
  const { accessKeyId, secretAccessKey } = await running.keys.createAccessKey('mallory')
  mallory = { accessKeyId, secret: secretAccessKey, principal: arn }
})
afterAll(() => running?.close())

const allow = (action: string, resource = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] })

const MINUTE = 60_000

/** Bytes on a connection of their own, and all that comes back until it is closed. */
async function raw(text: string): Promise<string> {
  const socket = connect(running.server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(text)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

/** An AWS request as it goes over the wire, with headers of the attacker's at its end. */
function onTheWire(asked: Parameters<typeof awsRequest>[1], more = ''): string {
  const { headers, body } = awsRequest(running, asked)
  const host = new URL(running.server.url).host
  const own = headerLines({ host, ...headers, 'content-length': String(body.length), connection: 'close' })
  return `POST / HTTP/1.1\r\n${own}${more}\r\n${Buffer.from(body)}`
}

const enabled = async (): Promise<boolean> => (await running.keys.describeKey(KeyId)).state === 'Enabled'

const disable = {
  action: 'DisableKey',
  body: {
    get KeyId() {
      return KeyId
    },
  },
}

/** A form of the query protocol, signed by mallory for IAM. */
function query(parameters: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams(parameters).toString()
  const host = new URL(running.server.url).host
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  const request = { method: 'POST', path: '/', query: '', headers, payloadHash: sha256Hex(body) }
  const credentials = { accessKeyId: mallory.accessKeyId, secretAccessKey: mallory.secret }
  const signed = signSigV4(request, credentials, { region: 'local-1', service: 'iam', at: Date.now() })
  const { host: _, ...rest } = headers
  return fetch(running.server.url, { method: 'POST', headers: { ...rest, ...signed }, body })
}

describe('an attack by', () => {
  beforeEach(async () => {
    if (!(await enabled())) await running.keys.enableKey(KeyId)
  })

  it('a request without a signature', async () => {
    for (const dialect of ['aws', 'tencent'] as const)
      expect((await ask(dialect, running, { ...disable, unsigned: { authorization: '' } })).error).not.toBeNull()
    expect(await enabled()).toBe(true)
  })

  it('stripping what was signed', async () => {
    const { headers, body } = awsRequest(running, disable)
    for (const name of ['x-amz-date', 'x-amz-target', 'x-amz-content-sha256', 'content-type']) {
      const { [name]: _, ...rest } = headers
      expect((await fetch(running.server.url, { method: 'POST', headers: rest, body })).status, name).toBe(400)
    }
    const stripped = String(headers.authorization).replace('content-type;', '')
    const again = await fetch(running.server.url, {
      method: 'POST',
      headers: { ...headers, authorization: stripped },
      body,
    })
    expect(again.status).toBe(400)
    expect(await enabled()).toBe(true)
  })

  it('another body, path or query under a good signature', async () => {
    const { headers, body } = awsRequest(running, { action: 'DescribeKey', body: { KeyId } })
    const send = (path: string, bytes: Uint8Array<ArrayBuffer>) =>
      fetch(running.server.url + path, { method: 'POST', headers, body: bytes })
    expect((await send('/', body)).status).toBe(200)
    expect((await send('/other', body)).status).toBe(400)
    expect((await send('/?a=b', body)).status).toBe(400)
    expect((await send('/', new Uint8Array(Buffer.from('{"KeyId":"alias/s3"}')))).status).toBe(400)
  })

  it('headers in another order: nothing changes', async () => {
    const { headers, body } = awsRequest(running, { action: 'DescribeKey', body: { KeyId } })
    const reversed = Object.fromEntries(Object.entries(headers).reverse())
    expect((await fetch(running.server.url, { method: 'POST', headers: reversed, body })).status).toBe(200)
    const shuffled = String(headers.authorization).replace(
      /SignedHeaders=([^,]+)/,
      (_, names: string) => `SignedHeaders=${names.split(';').reverse().join(';')}`,
    )
    const response = await fetch(running.server.url, {
      method: 'POST',
      headers: { ...headers, authorization: shuffled },
      body,
    })
    expect(response.status).toBe(400)
  })

  it.each([
    ['a target', 'x-amz-target: TrentService.ListKeys\r\n'],
    ['a date', 'x-amz-date: 20200101T000000Z\r\n'],
    ['a host', 'host: elsewhere\r\n'],
    ['an authorization', 'authorization: AWS4-HMAC-SHA256 Credential=a\r\n'],
    ['the other dialect', 'x-tc-action: DisableKey\r\n'],
    ['a caller to act for', 'x-hufu-on-behalf-of: AKIAROOT\r\n'],
  ])('a second header: %s', async (_what, line) => {
    const answer = await raw(onTheWire(disable, line))
    expect(answer).not.toContain('"KeyId"')
    expect(await enabled()).toBe(true)
  })

  it.each([
    ['both lengths', 'transfer-encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'content-length: 0\r\n', ''],
    ['an unknown coding', 'transfer-encoding: xchunked\r\n', '0\r\n\r\n'],
    ['a chunked coding that is not the last', 'transfer-encoding: chunked, identity\r\n', '0\r\n\r\n'],
  ])('a smuggled request: %s', async (_what, line, before) => {
    const hidden = onTheWire(disable)
    const host = new URL(running.server.url).host
    const outer = `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${before.length}\r\n${line}\r\n${before}`
    const answer = await raw(outer + hidden)
    // The outer request is refused whole, and what hides behind it is never read as a request of its own.
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(await enabled()).toBe(true)
    const [record] = await running.kms.audit.list({ newestFirst: true, limit: 1, outcome: 'MalformedRequest' })
    expect(record).toMatchObject({ action: '', principal: null, sourceIp: '127.0.0.1' })
  })

  it('the scope of another date, service or end', async () => {
    const { headers, body } = awsRequest(running, disable)
    const authorization = String(headers.authorization)
    const changes = [
      authorization.replace(/\/\d{8}\//, '/20200101/'),
      authorization.replace('/kms/', '/s3/'),
      authorization.replace('/aws4_request', '/aws5_request'),
      authorization.replace('/local-1/', '/local-2/'),
    ]
    for (const changed of changes) {
      expect(changed).not.toBe(authorization)
      const response = await fetch(running.server.url, {
        method: 'POST',
        headers: { ...headers, authorization: changed },
        body,
      })
      expect(response.status).toBe(400)
    }
    expect(await enabled()).toBe(true)
  })

  it.each([-6, 6, -60 * 24 * 365, 60 * 24 * 365])('a clock that is %d minutes off', async (minutes) => {
    for (const dialect of ['aws', 'tencent'] as const) {
      const told = await ask(dialect, running, { ...disable, at: Date.now() + minutes * MINUTE })
      expect(told.error).not.toBeNull()
    }
    expect(await enabled()).toBe(true)
  })

  it.each([
    ['aws', awsRequest],
    ['tencent', tencentRequest],
  ] as const)('a replay, of %s: it is answered, and does nothing', async (_dialect, request) => {
    const { headers, body } = request(running, disable)
    const send = () => fetch(running.server.url, { method: 'POST', headers, body })
    const first = await (await send()).text()
    expect(await enabled()).toBe(false)
    await running.keys.enableKey(KeyId)
    expect(await (await send()).text()).toBe(first)
    expect(await enabled()).toBe(true)
  })

  it('a presigned URL used for another verb or action', async () => {
    const host = new URL(running.server.url).host
    const at = Date.now()
    const credentials = { accessKeyId: running.root.accessKeyId, secretAccessKey: running.root.secretAccessKey }
    const query = presignSigV4({ method: 'GET', path: '/', query: '', headers: { host } }, credentials, {
      region: 'local-1',
      service: 'kms',
      at,
      life: 60,
    })
    const headers = { 'x-amz-target': 'TrentService.DisableKey', 'content-type': 'application/x-amz-json-1.1' }
    const response = await fetch(`${running.server.url}/?${query}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ KeyId }),
    })
    expect(response.status).toBe(400)
    expect(await enabled()).toBe(true)
  })

  it.each(['HmacSHA1', 'HmacSHA256'] as const)('a signed link of Tencent used for another verb: %s', async (method) => {
    const link = tencentLink({ Action: 'DisableKey', KeyId }, method)
    const post = await fetch(running.server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: link,
    })
    expect(await post.text()).toContain('AuthFailure.SignatureFailure')
    expect(await enabled()).toBe(true)
    expect(await (await fetch(`${running.server.url}/?${link}`)).text()).not.toContain('Error')
    expect(await enabled()).toBe(false)
  })

  /** The query of a GET, with the signature that is one of its parameters. */
  function tencentLink(asked: Record<string, string>, SignatureMethod: 'HmacSHA1' | 'HmacSHA256'): string {
    const { accessKeyId: SecretId, secretAccessKey } = running.root
    const common = { Version: '2019-01-18', Region: 'local-1', Timestamp: String(Math.floor(Date.now() / 1000)) }
    const all: Record<string, string> = { ...asked, ...common, SecretId, SignatureMethod, Nonce: '7' }
    const text = Object.keys(all)
      .sort()
      .map((name) => `${name}=${all[name]}`)
      .join('&')
    const Signature = createHmac(SignatureMethod.slice(4).toLowerCase(), secretAccessKey)
      .update(`GET${new URL(running.server.url).host}/?${text}`)
      .digest('base64')
    return new URLSearchParams({ ...all, Signature }).toString()
  }

  it('escalation of privileges through actions like those of IAM', async () => {
    const as = { accessKeyId: mallory.accessKeyId, secret: mallory.secret }
    const everything = allow('*')
    const iam = (parameters: Record<string, string>) => query({ Version: '2010-05-08', ...parameters })
    const attempts = [
      iam({ Action: 'PutUserPolicy', UserName: 'mallory', PolicyName: 'own', PolicyDocument: everything }),
      iam({
        Action: 'AttachUserPolicy',
        UserName: 'mallory',
        PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
      iam({
        Action: 'CreatePolicyVersion',
        PolicyArn: 'arn:aws:iam::000000000001:policy/x',
        PolicyDocument: everything,
      }),
      iam({ Action: 'CreateAccessKey', UserName: 'mallory' }),
      iam({ Action: 'CreateUser', UserName: 'mallory2' }),
      iam({ Action: 'AddUserToGroup', GroupName: 'admins', UserName: 'mallory' }),
      iam({ Action: 'CreateRole', RoleName: 'r', AssumeRolePolicyDocument: everything }),
      iam({ Action: 'UpdateAssumeRolePolicy', RoleName: 'r', PolicyDocument: everything }),
      iam({ Action: 'SetDefaultPolicyVersion', PolicyArn: 'arn:aws:iam::000000000001:policy/x', VersionId: 'v1' }),
      iam({ Action: 'CreateOpenIDConnectProvider', Url: 'https://mallory.example', 'ClientIDList.member.1': 'm' }),
      iam({
        Action: 'DeactivateMFADevice',
        UserName: 'mallory',
        SerialNumber: 'arn:aws:iam::000000000001:mfa/mallory',
      }),
      iam({ Action: 'UpdateAccessKey', AccessKeyId: running.root.accessKeyId, Status: 'Inactive' }),
    ]
    for (const attempt of attempts) expect((await attempt).status).toBe(403)
    for (const action of ['PutKeyPolicy', 'CreateGrant', 'GetKeyPolicy'] as const) {
      const more = action === 'PutKeyPolicy' ? { Policy: everything } : {}
      const grant = action === 'CreateGrant' ? { GranteePrincipal: mallory.principal, Operations: ['Decrypt'] } : {}
      const told = await ask('aws', running, { action, body: { KeyId, ...more, ...grant }, ...as })
      expect(told.error).toBe('AccessDeniedException')
    }
    const own = await ask('aws', running, { action: 'ListKeys', ...as })
    expect(own.error).toBeNull()
  })

  it('a key policy that locks everybody out: the root user has a way back', async () => {
    const { keyId } = await running.keys.createKey({})
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: 'kms:*', Resource: '*' }]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    const put = (body: object) => ask('aws', running, { action: 'PutKeyPolicy', body: { KeyId: keyId, ...body } })
    expect((await put({ Policy, BypassPolicyLockoutSafetyCheck: true })).error).toBeNull()
    await running.keys.putInlinePolicy({ kind: 'user', name: 'mallory' }, 'all', allow('*'))
    const as = { accessKeyId: mallory.accessKeyId, secret: mallory.secret }
    const locked = await ask('aws', running, { action: 'DescribeKey', body: { KeyId: keyId }, ...as })
    expect(locked.error).toBe('AccessDeniedException')
    await running.keys.deleteInlinePolicy({ kind: 'user', name: 'mallory' }, 'all')
    const open = { Effect: 'Allow', Principal: { AWS: running.root.principal }, Action: 'kms:*', Resource: '*' }
    expect((await put({ Policy: JSON.stringify({ Version: '2012-10-17', Statement: [open] }) })).error).toBeNull()
    expect((await ask('aws', running, { action: 'DescribeKey', body: { KeyId: keyId } })).error).toBeNull()
  })

  it('paths in names', async () => {
    for (const name of ['../../etc/passwd', 'alias/../s3', '..%2f..%2f', 'alias/\u0000', 'a/b/c', '\\\\host\\x'])
      expect((await ask('aws', running, { action: 'DescribeKey', body: { KeyId: name } })).error, name).not.toBeNull()
    for (const path of ['/console/../../etc/passwd', '/console/%2e%2e/%2e%2e/etc/passwd', '/..%5c..%5cetc/passwd'])
      expect(await raw(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`), path).not.toContain('root:')
    for (const name of ['../root', 'a/b', 'a\u0000b', '%2e%2e', 'arn:aws:iam::000000000001:root'])
      await expect(running.keys.createUser({ name }), name).rejects.toMatchObject({ name: 'HufuError' })
    for (const path of ['//', 'office', '/office', '/\u0000/'])
      await expect(running.keys.createUser({ name: 'eve', path }), path).rejects.toMatchObject({ name: 'HufuError' })
  })

  it('names that pollute prototypes', async () => {
    const bodies = [
      '{"__proto__":{"polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      `{"KeyId":"${KeyId}","EncryptionContext":{"__proto__":"x"},"Plaintext":"eA=="}`,
    ]
    for (const body of bodies) expect((await ask('aws', running, { action: 'Encrypt', body })).error).not.toBeNull()
    const { headers } = tencentRequest(running, { action: 'ListKeys' })
    const form = `Action=ListKeys&__proto__.polluted=1&constructor.prototype.polluted=1`
    await fetch(`${running.server.url}/?${form}`, { headers: { 'x-tc-version': String(headers['x-tc-version']) } })
    const more = {
      '__proto__.polluted': '1',
      'Tags.member.1.__proto__.polluted': '1',
      'constructor.prototype.polluted': '1',
    }
    const told = await query({ Version: '2010-05-08', Action: 'ListUsers', ...more })
    expect(told.status).toBe(400)
    const Statement = [{ Effect: 'Deny', Action: 'kms:*', Resource: '*', ['__proto__']: { polluted: true } }]
    const policy = JSON.stringify({ Version: '2012-10-17', Statement })
    expect(policy).toContain('__proto__')
    await expect(
      running.keys.putInlinePolicy({ kind: 'user', name: 'mallory' }, 'polluted', policy),
    ).rejects.toMatchObject({ code: 'MalformedPolicyDocument' })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('wildcards that would take a backtracking matcher for ever', async () => {
    const pattern = `arn:aws:kms:*:*:${'*a'.repeat(500)}*b`
    await running.keys.putInlinePolicy({ kind: 'user', name: 'mallory' }, 'slow', allow('kms:DescribeKey', pattern))
    const body = { KeyId: `arn:aws:kms:local-1:000000000001:key/${'a'.repeat(1500)}` }
    const as = { accessKeyId: mallory.accessKeyId, secret: mallory.secret }
    expect((await ask('aws', running, { action: 'DescribeKey', body, ...as })).error).not.toBeNull()
    expect((await ask('aws', running, { action: 'DescribeKey', body: { KeyId }, ...as })).error).toBe(
      'AccessDeniedException',
    )
    await running.keys.deleteInlinePolicy({ kind: 'user', name: 'mallory' }, 'slow')
  })

  it('policies of 10 MB', async () => {
    const Policy = allow('kms:*', 'x'.repeat(10_000_000))
    const socket = ask('aws', running, { action: 'PutKeyPolicy', body: { KeyId, Policy } })
    // The connection is closed while the client still sends: it sees the refusal, or that it was cut off.
    const told = await socket.then(
      ({ status }) => status,
      () => 413,
    )
    expect(told).toBe(413)
    await expect(running.keys.putKeyPolicy(KeyId, Policy, false)).rejects.toMatchObject({ name: 'HufuError' })
    expect((await ask('aws', running, { action: 'DescribeKey', body: { KeyId } })).error).toBeNull()
  })

  it('names that flood hash tables', async () => {
    const context = Object.fromEntries(Array.from({ length: 5_000 }, (_, number) => [`k${number}`, '']))
    const body = { KeyId, Plaintext: 'eA==', EncryptionContext: context }
    expect((await ask('aws', running, { action: 'Encrypt', body })).error).not.toBeNull()
    const form = `Action=ListKeys&${Array.from({ length: 3_000 }, (_, number) => `a.${number}.b=1`).join('&')}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(running.server.url, { method: 'POST', headers, body: form })
    expect(await response.text()).toContain('Error')
    expect((await ask('aws', running, { action: 'DescribeKey', body: { KeyId } })).error).toBeNull()
  })

  it('names that nest without end', async () => {
    const deep = `a${'.member.1'.repeat(7_000)}=1`
    const web = { Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15' }
    const forms = [
      `${new URLSearchParams(web)}&${deep}`,
      `Action=ListKeys&Version=2019-01-18&${'a.'.repeat(20_000)}b=1`,
    ]
    for (const body of forms) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const response = await fetch(running.server.url, { method: 'POST', headers, body })
      expect(response.status).toBeLessThan(500)
      expect(await response.text()).toMatch(/Error/)
    }
    const signed = await query({ Action: 'ListUsers', Version: '2010-05-08', [`a${'.b'.repeat(20_000)}`]: '1' })
    expect(signed.status).toBe(400)
    for (const body of [
      `{"KeyId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    ])
      for (const dialect of ['aws', 'tencent'] as const) {
        const told = await ask(dialect, running, { action: 'DescribeKey', body })
        expect(told.error).not.toBeNull()
        expect(told.status).toBeLessThan(500)
      }
    expect(await running.kms.audit.list({ outcome: 'Internal' })).toEqual([])
  })

  it('guessing who has an access key: one answer to who signs wrongly, whoever the key says', async () => {
    const wrong = { action: 'ListKeys', secret: 'wrong' }
    const known = await ask('aws', running, { ...wrong, accessKeyId: mallory.accessKeyId })
    expect(known.message).not.toContain('mallory')
    expect(known.status).toBe(400)
    const unknown = await ask('aws', running, { ...wrong, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' })
    expect(unknown.status).toBe(known.status)
  })
})

describe('who may not see identities', () => {
  it('is told of none whether it is there', async () => {
    const shown = async (parameters: Record<string, string>) => {
      const answer = await query({ Version: '2010-05-08', ...parameters })
      return { status: answer.status, code: /<Code>(\w+)</.exec(await answer.text())?.[1] }
    }
    await running.keys.createUser({ name: 'alice' })
    for (const name of ['alice', 'nobody', 'mallory'])
      for (const Action of ['GetUser', 'ListAccessKeys', 'ListUserPolicies', 'DeleteUser', 'ListGroupsForUser'])
        expect(await shown({ Action, UserName: name }), `${Action} ${name}`).toEqual({
          status: 403,
          code: 'AccessDenied',
        })
  })

  it('is believed no address but that of its connection', async () => {
    const Statement = [
      {
        Effect: 'Allow',
        Action: 'kms:ListKeys',
        Resource: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      },
      {
        Effect: 'Allow',
        Action: 'kms:ListAliases',
        Resource: '*',
        Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.1' } },
      },
    ]
    await running.keys.createUser({ name: 'inside' })
    const document = JSON.stringify({ Version: '2012-10-17', Statement })
    await running.keys.putInlinePolicy({ kind: 'user', name: 'inside' }, 'own', document)
    const { accessKeyId, secretAccessKey: secret } = await running.keys.createAccessKey('inside')
    const forged = { 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1', forwarded: 'for=10.0.0.1' }
    const asked = (action: string) => ask('aws', running, { action, accessKeyId, secret, headers: forged })
    expect((await asked('ListKeys')).error).toBe('AccessDeniedException')
    expect((await asked('ListAliases')).error).toBeNull()
  })
})

it('every attack is in the audit', async () => {
  const records = await running.kms.audit.list({ newestFirst: true })
  const outcomes = new Set(records.map(({ outcome }) => outcome))
  for (const outcome of [
    'MissingAuthentication',
    'SignatureMismatch',
    'SignatureExpired',
    'AccessDenied',
    'BodyTooLarge',
    'MalformedRequest',
    'Replayed',
  ])
    expect(outcomes, outcome).toContain(outcome)
})
