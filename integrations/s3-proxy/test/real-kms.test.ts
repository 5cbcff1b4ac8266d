import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBackend } from '@hufu/hsm'
import { type Kms, openKms } from '@hufu/kms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { directoryStore, type ObjectStore, type S3Proxy, startS3Proxy } from '../src/index.ts'
import { errorOf, send } from './proxy-fixture.ts'

const region = 'local-1'

describe('over the real KMS', () => {
  let directory: string
  let kms: Kms
  let store: ObjectStore
  let proxy: S3Proxy
  let root: Awaited<ReturnType<Kms['bootstrap']>>
  const request = (method: string, path: string, body?: string) =>
    send(proxy.url, method, path, { credentials: root, ...(body === undefined ? {} : { body }) })
  const start = async () => {
    proxy = await startS3Proxy({
      authority: kms.authority('s3'),
      store,
      host: '127.0.0.1',
      port: 0,
      region,
      defaultKey: 'alias/s3',
    })
  }
  const keys = () => kms.as({ ...root, requestId: 'test', sourceIp: '127.0.0.1' })
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hufu-s3-kms-'))
    const backend = await openBackend({ dir: join(directory, 'hsm'), pkcs11: 'auto' })
    kms = await openKms({
      store: { client: 'sqlite', file: join(directory, 'kms.db') },
      backend,
      region,
      accountId: '000000000001',
    })
    root = await kms.bootstrap()
    store = directoryStore(join(directory, 'objects'))
    await start()
    await request('PUT', '/bucket')
    await request('PUT', '/bucket/k', 'plaintext')
  })
  afterAll(async () => {
    await proxy.close()
    await store.close()
    await kms.close()
    await rm(directory, { recursive: true })
  })

  it('reads what it stored, after a restart of the proxy too', async () => {
    expect(await (await request('GET', '/bucket/k')).text()).toBe('plaintext')
    await proxy.close()
    await start()
    expect(await (await request('GET', '/bucket/k')).text()).toBe('plaintext')
  })

  it('refuses soon after a key is disabled, and serves again when it is enabled', async () => {
    const { keyId } = await keys().describeKey('alias/s3')
    await keys().disableKey(keyId)
    const refused = async () => (await errorOf(await request('GET', '/bucket/k'))).code
    await expect.poll(refused).toBe('KMS.DisabledException')
    await keys().enableKey(keyId)
    const served = async () => (await request('GET', '/bucket/k')).text()
    await expect.poll(served).toBe('plaintext')
  })

  it('puts an object under a key of its own, which rules it alone', async () => {
    const { keyId, arn } = await keys().createKey({ alias: 'own' })
    const own = {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/own',
    }
    const put = await send(proxy.url, 'PUT', '/bucket/own', { credentials: root, body: 'x', headers: own })
    expect(put.headers.get('x-amz-server-side-encryption-aws-kms-key-id')).toBe(arn)
    await keys().disableKey(keyId)
    await expect
      .poll(async () => (await errorOf(await request('GET', '/bucket/own'))).code)
      .toBe('KMS.DisabledException')
    expect(await (await request('GET', '/bucket/k')).text()).toBe('plaintext')
    await keys().enableKey(keyId)
  })

  it('binds the key of a bucket to it, so that the key is not deleted before the bucket', async () => {
    const bindings = async () => (await keys().listBindings('alias/s3')).map(({ resource }) => resource)
    const deletion = () => keys().scheduleKeyDeletion({ keyId: 'alias/s3', disableFirst: true })
    expect((await request('PUT', '/used')).status).toBe(200)
    expect(await bindings()).toEqual(expect.arrayContaining(['bucket', 'used']))
    await expect(deletion()).rejects.toMatchObject({ code: 'KeyBound' })
    expect((await request('DELETE', '/used')).status).toBe(204)
    expect(await bindings()).toEqual(['bucket'])
    await keys().unbindResource('alias/s3', { product: 's3', resource: 'bucket' })
    expect((await request('PUT', '/unknown')).status).toBe(200)
    await keys().unbindResource('alias/s3', { product: 's3', resource: 'unknown' })
    expect((await request('DELETE', '/unknown')).status).toBe(204)
  })

  it('binds a key that a request names, before the object is there, and keeps it bound', async () => {
    const { keyId } = await keys().createKey({ alias: 'named' })
    const named = (key: string) => ({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': key,
    })
    const put = (path: string, key: string) =>
      send(proxy.url, 'PUT', path, { credentials: root, body: 'x', headers: named(key) })
    const deletion = () => keys().scheduleKeyDeletion({ keyId, disableFirst: true })
    expect((await put('/bucket/named', 'alias/named')).status).toBe(200)
    expect((await put('/bucket/named-too', keyId)).status).toBe(200)
    expect(await keys().listBindings(keyId)).toEqual([{ product: 's3', resource: 'bucket' }])
    await expect(deletion()).rejects.toMatchObject({ code: 'KeyBound' })
    for (const path of ['/bucket/named', '/bucket/named-too']) expect((await request('DELETE', path)).status).toBe(204)
    await expect(deletion()).rejects.toMatchObject({ code: 'KeyBound' })
    await keys().unbindResource(keyId, { product: 's3', resource: 'bucket' })
    await deletion()
  })

  it('makes and deletes a bucket for one who may use the key and not bind it', async () => {
    await keys().createUser({ name: 'writer' })
    const statement = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: '*' }
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await keys().putInlinePolicy({ kind: 'user', name: 'writer' }, 'own', policy)
    const credentials = await keys().createAccessKey('writer')
    const status = async (method: string, path: string, body?: string) =>
      (await send(proxy.url, method, path, { credentials, ...(body === undefined ? {} : { body }) })).status
    expect(await status('PUT', '/unbound')).toBe(200)
    expect(await status('PUT', '/unbound/k', 'x')).toBe(200)
    expect(await keys().listBindings('alias/s3')).not.toContainEqual({ product: 's3', resource: 'unbound' })
    expect(await status('DELETE', '/unbound/k')).toBe(204)
    expect(await status('DELETE', '/unbound')).toBe(204)
  })

  it('refuses a wrong secret and an unknown key', async () => {
    const wrong = await send(proxy.url, 'GET', '/bucket/k', { credentials: { ...root, secretAccessKey: 'x' } })
    expect((await errorOf(wrong)).code).toBe('SignatureDoesNotMatch')
    const headers = {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'alias/none',
    }
    const none = await send(proxy.url, 'PUT', '/bucket/none', { credentials: root, body: 'x', headers })
    expect((await errorOf(none)).code).toBe('KMS.NotFoundException')
  })
})
