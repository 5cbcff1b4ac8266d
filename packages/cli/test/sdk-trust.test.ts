import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineEncryption } from '@hufu/postgres'
import { Hufu, httpAuthority, httpKeyService, httpRegionPeer, hufuRegion, localRegion, webIdentity } from '@hufu/sdk'
import type { KeyService } from '@hufu/wire'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { RunningKms } from './support/hufu.ts'

const kms = new RunningKms()
const work = mkdtempSync(join(tmpdir(), 'hufu-sdk-trust-'))
let http: Parameters<typeof httpKeyService>[0]
let ca: string
const caFile = () => join(kms.data, 'tls', 'ca.pem')

beforeAll(async () => {
  await kms.start(['--pkcs11', 'off', '--tls', 'own'])
  await kms.json('key', 'create', '--alias', 'films')
  ca = readFileSync(caFile(), 'utf8')
  const { kmsEndpoint: endpoint, accessKeyId, secretAccessKey } = kms.credentials
  http = { endpoint, region: 'local-1', credentials: { accessKeyId, secretAccessKey } }
})
afterEach(() => vi.unstubAllEnvs())
afterAll(async () => {
  await kms[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

const NOT_TRUSTED = { code: 'CertificateNotTrusted' }
const use = (keys: KeyService) => keys.generateDataKey({ keyId: 'alias/films', context: {} })

it.each(['aws', 'tencent'] as const)(
  'the key service by the %s wire believes the CA given, or that of HUFU_CA',
  async (wire) => {
    const believing = [httpKeyService({ ...http, wire, ca })]
    vi.stubEnv('HUFU_CA', caFile())
    believing.push(httpKeyService({ ...http, wire }))
    for (const keys of believing) {
      expect((await use(keys)).plaintext).toHaveLength(32)
      await keys.close()
    }
    vi.stubEnv('HUFU_CA', undefined)
    const keys = httpKeyService({ ...http, wire })
    await expect(use(keys)).rejects.toMatchObject(NOT_TRUSTED)
    await keys.close()
  },
)

it('a region seals and opens, and hears changes of keys', async () => {
  const region = hufuRegion({ ...http, ca })
  using hufu = new Hufu({ regions: [region] })
  const sealed = await hufu.encrypt('the order', { keys: ['alias/films'], context: {} })
  expect(Buffer.from(await hufu.decrypt(sealed, { context: {} })).toString()).toBe('the order')
  await expect.poll(() => region.events?.connected).toBe(true)
  await region.close()
  const stranger = hufuRegion(http)
  using without = new Hufu({ regions: [stranger] })
  await expect(without.decrypt(sealed, { context: {} })).rejects.toMatchObject(NOT_TRUSTED)
  await stranger.close()
})

it('the region of a data directory knows its CA by credentials.json', async () => {
  const region = await localRegion({ data: kms.data })
  expect((await use(region.keys)).plaintext).toHaveLength(32)
  await region.close()
})

it('columns know it by credentials.json, by HUFU_CA, and as given', async () => {
  const columns = { 'people.name': { type: 'text', key: 'alias/films' } } as const
  vi.stubEnv('HUFU_DATA', kms.data)
  const found = defineEncryption({ columns })
  vi.stubEnv('HUFU_DATA', work)
  const { endpoint, credentials } = http
  const given = defineEncryption({ columns, kms: { endpoint, credentials: credentials as never, ca } })
  vi.stubEnv('HUFU_CA', caFile())
  const named = defineEncryption({ columns, kms: { endpoint, credentials: credentials as never } })
  for (const encryption of [found, given, named])
    expect((await use(encryption.identity(null).service)).plaintext).toHaveLength(32)
})

it('an authority, a peer of another region and an STS are believed by their CA too', async () => {
  for (const [trust, outcome] of [
    [{ ca }, 'answered'],
    [{}, 'CertificateNotTrusted'],
  ] as const) {
    const authority = httpAuthority({ ...http, ...trust, via: 's3' })
    const scope = { date: new Date().toISOString().slice(0, 10).replaceAll('-', ''), region: 'local-1', service: 's3' }
    expect(await outcomeOf(authority.signer('nobody', scope))).toBe(outcome)
    await authority.close()
    const peer = httpRegionPeer({ ...http, ...trust })
    expect(await outcomeOf(peer.replicaKey())).toBe(outcome)
    await peer.close()
  }
  const tokenFile = join(work, 'token')
  writeFileSync(tokenFile, 'none')
  const role = { endpoint: http.endpoint, roleArn: 'arn:aws:iam::000000000001:role/night', tokenFile }
  await expect(webIdentity({ ...role, ca })()).rejects.not.toMatchObject(NOT_TRUSTED)
  await expect(webIdentity(role)()).rejects.toMatchObject(NOT_TRUSTED)
})

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'answered',
    (error) => (error as { code: unknown }).code,
  )
}
