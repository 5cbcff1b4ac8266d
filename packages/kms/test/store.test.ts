import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Secret } from '@hufu/crypto'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBackend, softwareBackend } from '../src/index.ts'
import { flipMaterial } from './flip-material.ts'
import { caller, openAt, temporaryDirectory } from './open-test-kms.ts'

let dir: string
const root = Secret.random(32)
const backend = () => softwareBackend(Secret.take(new Uint8Array(root.bytes())), 'SOFTWARE')

beforeEach(async () => {
  dir = await temporaryDirectory()
})

afterEach(() => rm(dir, { recursive: true }))

const code = (code: string) => ({ code })

/** Changes the closed store behind the service's back. */
function tamper(sql: string): void {
  const db = new Sqlite(join(dir, 'kms.db'))
  db.exec(sql)
  db.close()
}

describe('a store', () => {
  it('keeps everything over a reopening', async () => {
    const before = await openAt(dir, backend())
    const credentials = await before.bootstrap()
    const { keyId } = await before.as(caller()).createKey({ alias: 'kept', description: 'd' })
    const { ciphertext, plaintext } = await before.as(caller()).generateDataKey({ keyId, context: { a: '1' } })
    const audit = await before.audit.list()
    await before.close()
    const after = await openAt(dir, backend())
    expect(await after.bootstrap()).toEqual(credentials)
    expect((await after.audit.list()).slice(0, audit.length)).toEqual(audit)
    const opened = await after.as(caller()).decrypt({ ciphertext, context: { a: '1' }, keyId: 'alias/kept' })
    expect(Buffer.from(opened.plaintext).equals(plaintext)).toBe(true)
    await after.close()
    await after.close()
  })

  it('holds no secret in the clear', async () => {
    const kms = await openAt(dir, backend())
    const { secretAccessKey, accessKeyId } = await kms.bootstrap()
    const identity = await kms.identities.find(accessKeyId)
    expect(Buffer.from(identity?.secret.bytes() ?? []).toString()).toBe(secretAccessKey)
    expect(await kms.identities.find('AKIANOBODY')).toBeNull()
    await kms.close()
    const db = new Sqlite(join(dir, 'kms.db'))
    expect(db.serialize().includes(secretAccessKey)).toBe(false)
    db.close()
    expect((await stat(join(dir, 'kms.db'))).size).toBeGreaterThan(0)
  })

  it('names an access key whose secret was changed', async () => {
    const before = await openAt(dir, backend())
    const { accessKeyId } = await before.bootstrap()
    await before.close()
    tamper("update access_keys set principal = principal || 'x'")
    const after = await openAt(dir, backend())
    await expect(after.identities.find(accessKeyId)).rejects.toMatchObject(code('Integrity'))
    await after.close()
  })

  it('is refused to a second opening, with a hint', async () => {
    const first = await openAt(dir, backend())
    const second = openAt(dir, backend())
    await expect(second).rejects.toMatchObject({ code: 'StoreInUse', hint: expect.stringContaining('--data') })
    await first.close()
    await (await openAt(dir, backend())).close()
  })

  it('is free again when its holder was killed', async () => {
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3')
    const script = `const db = require(${JSON.stringify(sqlite)})(process.argv[1]); db.exec('begin exclusive')
      console.log('held'); setInterval(() => {}, 1000)`
    const holder = spawn(process.execPath, ['-e', script, join(dir, 'kms.db.lock')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    await expect(openAt(dir, backend())).rejects.toMatchObject(code('StoreInUse'))
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await (await openAt(dir, backend())).close()
  })

  it('is refused with another backend, and unharmed by it', async () => {
    await (await openAt(dir, backend())).close()
    await expect(openAt(dir, memoryBackend())).rejects.toMatchObject(code('Integrity'))
    await (await openAt(dir, backend())).close()
  })

  it('finishes a migration that was cut off', async () => {
    await (await openAt(dir, backend())).close()
    tamper('update knex_migrations_lock set is_locked = 1')
    await (await openAt(dir, backend())).close()
  })
})

const flip = (keyId: string, at: number) => flipMaterial({ client: 'sqlite', file: join(dir, 'kms.db') }, keyId, at)

describe('material that was changed in the store', () => {
  it('is an integrity error for its key alone', async () => {
    const before = await openAt(dir, backend())
    const [good, flipped, exchanged] = [
      await before.as(caller()).createKey({}),
      await before.as(caller()).createKey({}),
      await before.as(caller()).createKey({}),
    ]
    await before.close()
    const of = (key: { keyId: string }) => `(select wrapped from key_versions where key_id = '${key.keyId}')`
    await flip(flipped.keyId, 0)
    tamper(`update key_versions set wrapped = ${of(good)} where key_id = '${exchanged.keyId}'`)
    const after = await openAt(dir, backend())
    for (const { keyId } of [flipped, exchanged])
      await expect(after.as(caller()).generateDataKey({ keyId })).rejects.toMatchObject(code('Integrity'))
    await after.as(caller()).generateDataKey({ keyId: good.keyId })
    expect(await after.as(caller()).describeKey(flipped.keyId)).toMatchObject({ state: 'Enabled' })
    await after.close()
  })

  it('is one whichever byte it is, and brings no key of another value', async () => {
    const before = await openAt(dir, backend())
    const keys = await Promise.all(Array.from({ length: 72 }, () => before.as(caller()).createKey({})))
    await before.close()
    for (const [at, { keyId }] of keys.entries()) await flip(keyId, at)
    const after = await openAt(dir, backend())
    for (const { keyId } of keys)
      await expect(after.as(caller()).generateDataKey({ keyId })).rejects.toMatchObject(code('Integrity'))
    await after.close()
  })
})
