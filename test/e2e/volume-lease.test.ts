import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Hufu } from './support/hufu.ts'

// Each test is several processes that start, one after the other.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 240_000 })

const SOON = { timeout: 60_000, interval: 200 }
const work = mkdtempSync(join(tmpdir(), 'hufu-e2e-lease-'))
const [backing, mountpoint] = [join(work, 'backing'), join(work, 'mnt')]
const letter = join(mountpoint, 'letter')
let hufu: Hufu

/** What is between the mount and the KMS: while it is cut nobody gets through; while it is silent it takes all and gives nothing. */
const sockets = new Set<Socket>()
let [cut, silent] = [false, false]
const wire = createServer((socket) => {
  if (cut) return void socket.destroy()
  if (silent) return void sockets.add(socket.on('error', () => {}))
  const onward = connect(Number(new URL(hufu.credentials.kmsEndpoint).port), '127.0.0.1')
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    sockets.add(one)
    one.on('error', () => {})
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
    one.pipe(other)
  }
})
function cutWire(): void {
  cut = true
  for (const socket of sockets) socket.destroy()
}
function silenceWire(): void {
  silent = true
  for (const socket of sockets) socket.unpipe()
}
function mendWire(): void {
  if (silent) cutWire()
  cut = silent = false
}
const mountIt = (seconds: number) =>
  ok(
    'mount',
    '--endpoint',
    `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    '--lease',
    String(seconds),
    backing,
    mountpoint,
  )

beforeAll(async () => {
  hufu = await Hufu.start()
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  mkdirSync(mountpoint)
  await ok('key', 'create', '--alias', 'volume')
  await ok('volume', 'init', backing, '-k', 'alias/volume')
})
afterAll(async () => {
  await hufu?.hufu('umount', '--lazy', mountpoint)
  await hufu?.[Symbol.asyncDispose]()
  cutWire()
  wire.close()
  rmSync(work, { recursive: true, force: true })
})

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await hufu.hufu(...args)
  expect(`${code} ${code === 0 ? '' : stderr}`.trim()).toBe('0')
  return stdout
}
const info = async () => JSON.parse(await ok('volume', 'info', backing, '--json'))
const lease = (state: string) => vi.waitFor(async () => expect(await info()).toMatchObject({ lease: state }), SOON)

it('while the KMS is away a mount goes on, and its info tells since when and until when', async () => {
  await mountIt(3600)
  writeFileSync(letter, 'open in case of war')
  cutWire()
  await lease('unreachable')
  const { since, leaseEnds } = await info()
  expect(Date.parse(leaseEnds) - Date.parse(since)).toBe(3_600_000)
  expect(readFileSync(letter, 'utf8')).toBe('open in case of war')
  writeFileSync(join(mountpoint, 'new'), 'made meanwhile')
  mendWire()
  await lease('held')
  expect(await info()).not.toHaveProperty('leaseEnds')
  await ok('umount', mountpoint)
})

it('a KMS that is silent, though its connections stand, is away too', async () => {
  await mountIt(3600)
  await lease('held')
  silenceWire()
  await lease('unreachable')
  writeFileSync(join(mountpoint, 'silent'), 'made meanwhile')
  mendWire()
  await lease('held')
  await ok('umount', mountpoint)
})

it('when the lease has ended it is closed, and opens when the KMS answers again', async () => {
  await mountIt(1)
  cutWire()
  await vi.waitFor(() => expect(() => readFileSync(letter)).toThrow('EACCES'), SOON)
  await lease('lost')
  mendWire()
  await vi.waitFor(() => expect(readFileSync(letter, 'utf8')).toBe('open in case of war'), SOON)
  await vi.waitFor(() => expect(readFileSync(join(mountpoint, 'new'), 'utf8')).toBe('made meanwhile'), SOON)
  await lease('held')
})
