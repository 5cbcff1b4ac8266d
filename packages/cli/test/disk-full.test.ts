import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { hufu, RunningKms } from './support/hufu.ts'

const patience = { timeout: 60_000, interval: 100 }
const kms = new RunningKms()
const filler = join(kms.data, 'filler')

/** Mounting needs root, or sudo without a password. */
const asRoot = (...command: readonly string[]) =>
  process.getuid?.() === 0
    ? execFileSync(command[0] ?? '', command.slice(1), { stdio: 'pipe' })
    : execFileSync('sudo', ['-n', ...command], { stdio: 'pipe' })

beforeAll(async () => {
  asRoot('mount', '-t', 'tmpfs', '-o', `size=48m,mode=0700,uid=${process.getuid?.()}`, 'tmpfs', kms.data)
  await kms.start(['--pkcs11', 'off', '--log', 'silent'])
}, 120_000)
afterAll(async () => {
  await kms.end('SIGKILL')
  asRoot('umount', kms.data)
  await kms[Symbol.asyncDispose]()
})

/** Writes until not one more byte fits. */
function fillDisk(): void {
  const file = openSync(filler, 'w')
  try {
    for (let size = 1 << 20; size >= 1; )
      try {
        if (writeSync(file, Buffer.alloc(size)) < size) size >>= 1
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        size >>= 1
      }
  } finally {
    closeSync(file)
  }
}

const ready = async () => (await fetch(`${kms.credentials.kmsEndpoint}/readyz`)).status

it('refuses what it can not record while the disk is full, and comes back by itself with a log that is proven', {
  timeout: 300_000,
}, async () => {
  await kms.json('key', 'create', '--alias', 'before')
  fillDisk()
  expect(statSync(filler).size).toBeGreaterThan(0)
  let tries = 0
  const refused = await vi.waitFor(async () => {
    tries += 1
    const ended = await hufu(['key', 'create', '--alias', `during-${tries}`, '--data', kms.data, '--json'])
    expect(ended.code).not.toBe(0)
    return ended
  }, patience)
  expect(refused.stderr).toMatch(/can not be written|expected the store to answer/)
  const used = await hufu(['key', 'describe', 'alias/before', '--data', kms.data, '--json'])
  expect(used.code).not.toBe(0)
  expect(used.stderr).toContain('the audit record can not be written, so nothing is answered')
  expect(used.stdout.toString()).toBe('')
  expect(await ready()).toBe(503)
  rmSync(filler)
  await vi.waitFor(async () => expect(await ready()).toBe(200), patience)
  expect(await kms.json('key', 'describe', 'alias/before')).toMatchObject({ keyState: 'Enabled' })
  await kms.json('key', 'create', '--alias', `during-${tries}`)
  const file = join(kms.data, 'audit.jsonl')
  expect(await hufu(['audit', 'export', '--output', file, '--data', kms.data])).toMatchObject({ code: 0 })
  const verified = await hufu(['audit', 'verify', file, '--public-key', join(kms.data, 'audit.pem')])
  expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' })
})
