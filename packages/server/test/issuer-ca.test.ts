import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { selfSigned } from '../../../test/compat/support/self-signed.ts'
import { startIssuer, type TokenIssuer } from '../../../test/compat/support/token-issuer.ts'
import { oidcVerifier } from '../src/index.ts'

let issuer: TokenIssuer
let ca: string
let otherCa: string

beforeAll(async () => {
  const [own, other] = [await selfSigned(), await selfSigned()]
  ca = own.certificate
  otherCa = other.certificate
  issuer = await startIssuer({ cert: own.certificate, key: own.key })
})
afterAll(() => issuer?.close())

const verify = async (options: { readonly ca?: string }, url = issuer.url) =>
  oidcVerifier(options)({ url, clientIds: ['hufu'], token: await issuer.token() })

it('reads the keys of an issuer whose certificate is of the CA given', async () => {
  expect(await verify({ ca })).toMatchObject({ iss: issuer.url, sub: 'ci:main', aud: 'hufu' })
  expect(await verify({ ca: `${otherCa}${ca}` })).toMatchObject({ sub: 'ci:main' })
})

it('says what names the CA of an issuer that it does not trust', async () => {
  const told = {
    code: 'Unavailable',
    message: expect.stringMatching(/is not trusted \(.*SELF_SIGNED.*\): .*--issuer-ca/),
  }
  await expect(verify({})).rejects.toMatchObject(told)
  await expect(verify({ ca: otherCa })).rejects.toMatchObject(told)
})

it('takes no keys in the clear, nor from another place, but of an issuer of this machine', async () => {
  const pair = await selfSigned()
  const leadingTo = async (keys: string, tls?: { readonly cert: string; readonly key: string }) => {
    const listen: RequestListener = (_, response) => response.end(JSON.stringify({ issuer: url, jwks_uri: keys }))
    const server = tls === undefined ? createServer(listen) : createSecureServer(tls, listen)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`
    const outcome = await verify({ ca: pair.certificate }, url).catch((error) => error)
    server.close()
    return outcome.cause?.message
  }
  const tls = { cert: pair.certificate, key: pair.key }
  expect(await leadingTo('http://127.0.0.1:1/keys', tls)).toMatch(/expected keys over https/)
  expect(await leadingTo('http://issuer.example/keys')).toMatch(/expected keys over https/)
  expect(await leadingTo('file:///etc/keys', tls)).toMatch(/expected keys over https/)
  expect(await leadingTo('https://127.0.0.1:1/keys', tls)).toMatch(/ECONNREFUSED/)
})

it('says of an issuer that does not answer no more than that', async () => {
  const told = { code: 'Unavailable', message: expect.stringMatching(/to answer with its keys$/) }
  await expect(verify({ ca }, 'https://127.0.0.1:1')).rejects.toMatchObject(told)
})

it.each<[string, (response: ServerResponse) => void]>([
  ['a redirect', (response) => response.writeHead(302, { location: issuer.url }).end()],
  ['a failure', (response) => response.writeHead(500).end('{}')],
  ['a document that is too large', (response) => response.end(`{"issuer": "${'x'.repeat(300_000)}"}`)],
  ['no JSON', (response) => response.end('<html>')],
])('takes %s for no answer', async (_, answer) => {
  const server = createServer((_, response) => answer(response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(verify({}, url)).rejects.toMatchObject({ code: 'Unavailable' })
  } finally {
    server.close()
  }
})
