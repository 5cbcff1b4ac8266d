import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, type Hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { PassThrough, Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, RunningKms } from './support/hufu.ts'

const MIB = 2 ** 20
const LONG = process.env.HUFU_STREAM_MIB
/** 256 MiB; the long run is `HUFU_STREAM_MIB=10240`. */
const MIBS = Number(LONG ?? 256)
/** The long run, on a quiet machine, is held to the promised figure; the short one to a bound of any machine. */
const MOST_RESIDENT = LONG === undefined ? 200e6 : 150e6
const kms = new RunningKms()

beforeAll(async () => {
  await kms.start()
  await kms.json('key', 'create', '--alias', 'alias/films')
})
afterAll(() => kms[Symbol.asyncDispose]())

/** A command between two pipes, whose most resident bytes are watched while its output comes. */
class Watched {
  readonly #child: ChildProcess
  resident = 0

  constructor(...args: readonly string[]) {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent' }
    this.#child = spawn(process.execPath, [command, ...args, '--data', kms.data], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
    })
  }

  async through(input: Readable, output: NodeJS.WritableStream): Promise<void> {
    const { stdin, stdout } = this.#child
    if (stdin === null || stdout === null) throw new Error('expected pipes')
    const ended = once(this.#child, 'exit')
    await Promise.all([pipeline(input, stdin), pipeline(stdout, this.#watch(), output)])
    expect(await ended).toEqual([0, null])
  }

  #watch(): Transform {
    let sinceLook = MIB
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        sinceLook += chunk.length
        if (sinceLook >= MIB) {
          sinceLook = 0
          this.#look()
        }
        done(null, chunk)
      },
    })
  }

  /** `VmHWM` never falls, so that the last look tells the most; a process that has ended shows none. */
  #look(): void {
    const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')) ?? []
    if (kib !== undefined) this.resident = Number(kib) * 1024
  }

  /** Stops it, if something failed on the way. */
  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

/** `MIBS` MiB that no two are the same of. */
function* plaintext(hash: Hash): Generator<Buffer> {
  const block = randomBytes(MIB)
  for (let i = 0; i < MIBS; i++) {
    const chunk = Buffer.from(block)
    chunk.writeUInt32BE(i)
    hash.update(chunk)
    yield chunk
  }
}

it(`${MIBS} MiB go through encrypt and decrypt in less than ${MOST_RESIDENT / 1e6} MB each`, {
  timeout: 3_600_000,
}, async () => {
  const [sent, received] = [createHash('sha256'), createHash('sha256')]
  using encrypt = new Watched('encrypt', '-k', 'alias/films')
  using decrypt = new Watched('decrypt')
  const sealed = new PassThrough()
  await Promise.all([
    encrypt.through(Readable.from(plaintext(sent), { objectMode: false }), sealed),
    decrypt.through(sealed, received),
  ])
  expect(received.digest('hex')).toBe(sent.digest('hex'))
  for (const { resident } of [encrypt, decrypt]) {
    expect(resident).toBeGreaterThan(0)
    expect(resident).toBeLessThan(MOST_RESIDENT)
  }
})
