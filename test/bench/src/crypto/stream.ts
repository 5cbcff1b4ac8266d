import { randomBytes } from 'node:crypto'
import {
  openMessageStream,
  Secret,
  type StreamOptions,
  type SuiteName,
  sealMessageStream,
  suites,
  verifyHeader,
} from '@hufu/crypto'
import type { Area } from '../area.ts'
import { medians } from './medians.ts'
import { opensslSpeed } from './openssl-speed.ts'

const MIB = 2 ** 20
const SEGMENT = 65_536
const recipients = [{ provider: 'bench', region: 'local-1', keyId: 'key', wrappedKey: randomBytes(86) }]

/** How a stream is asked for, with the name of its figures. */
const modes: Record<string, { readonly options: StreamOptions; readonly threads: number }> = {
  threads1: { options: {}, threads: 1 },
  reuse_threads1: { options: { reuse: true }, threads: 1 },
  threads2: { options: { parallel: true }, threads: 2 },
  reuse_threads2: { options: { parallel: true, reuse: true }, threads: 2 },
}

const ciphers: Record<string, SuiteName> = { stream: 'aes', sm4stream: 'gm' }
type Speeds = Record<'seal' | 'open', number>

/**
 * Sealed messages as streams, memory to memory, with key derivation, header and segments of 64 KiB, in chunks of 1 MiB:
 * of 16 MiB, which a processor's cache holds, and of more than it holds. The peer is `openssl speed` of AES-256-GCM on as
 * many threads: on blocks of 64 KiB, and for the large ones on blocks of their size too. Medians of rounds.
 */
export const stream: Area = async ({ quick }) => {
  const large = quick ? 128 : 256
  const rounds: Record<string, number>[] = []
  for (let i = 0; i < (quick ? 1 : 3); i++)
    rounds.push({ ...(await round('16m', 16, large, quick)), ...(await round('large', large, large, quick)) })
  return medians(rounds)
}

/** Messages of `size` MiB until there were `total`. */
async function round(name: string, size: number, total: number, quick: boolean): Promise<Record<string, number>> {
  const values: Record<string, number> = {}
  const seconds = quick ? 1 : 2
  const chunks = cut(randomBytes(size * MIB))
  for (const [mode, { options, threads }] of Object.entries(modes)) {
    const openssl = opensslSpeed('aes-256-gcm', SEGMENT, threads, seconds)
    const onLarge = name === 'large' ? opensslSpeed('aes-256-gcm', size * MIB, threads, seconds) : null
    for (const [cipher, suite] of Object.entries(ciphers)) {
      const speeds = await sealAndOpen(chunks, suite, options, threads, total / size)
      for (const [direction, speed] of Object.entries(speeds)) {
        const row = `${cipher}${name}_${direction}_${mode}`
        values[`${row}_over_openssl_aes256gcm`] = speed / openssl
        if (onLarge !== null) values[`${row}_over_openssl_on_large`] = speed / onLarge
        values[`${row}_mib_per_s`] = speed / MIB
      }
    }
  }
  return { ...values, ...scaling(values, name) }
}

/** Two threads over one. */
function scaling(values: Record<string, number>, name: string): Record<string, number> {
  const rows = Object.keys(ciphers).flatMap((cipher) =>
    ['seal', 'open'].map((direction) => `${cipher}${name}_${direction}_reuse`),
  )
  const speed = (row: string, threads: number) => values[`${row}_threads${threads}_mib_per_s`] ?? Number.NaN
  return Object.fromEntries(rows.map((row) => [`${row}_threads2_over_threads1`, speed(row, 2) / speed(row, 1)]))
}

async function sealAndOpen(
  chunks: readonly Uint8Array[],
  suite: SuiteName,
  options: StreamOptions,
  threads: number,
  messages: number,
): Promise<Speeds> {
  using dataKey = Secret.random(32)
  const seal = (stream: StreamOptions) =>
    sealMessageStream(dataKey, { suite: suites[suite], recipients }, chunks, stream)
  const parts: Uint8Array[] = []
  for await (const part of seal({})) parts.push(part)
  const sealed = cut(Buffer.concat(parts))
  const open = () => openMessageStream(sealed, (header) => verifyHeader(header, dataKey), options)
  const size = chunks.length * MIB * messages
  const often = (start: () => AsyncIterable<Uint8Array>) => async () => {
    for (let i = 0; i < messages; i++) await drained(start())
  }
  return {
    seal: await rate(
      size,
      often(() => seal(options)),
      threads,
    ),
    open: await rate(size, often(open), threads),
  }
}

const cut = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, i) => bytes.subarray(i * MIB, (i + 1) * MIB))

/** Bytes a second, the median of three runs after one. Alone, time is the processor's, as `openssl speed` counts it. */
async function rate(size: number, run: () => Promise<void>, threads: number): Promise<number> {
  await run()
  const rates: number[] = []
  while (rates.length < 3) {
    const before = now(threads)
    await run()
    rates.push(size / (now(threads) - before))
  }
  return rates.sort((a, b) => a - b)[1] ?? Number.NaN
}

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of chunks);
}

/** Seconds. */
function now(threads: number): number {
  if (threads > 1) return performance.now() / 1000
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
