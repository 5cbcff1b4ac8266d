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
import { opensslSpeed } from './openssl-speed.ts'

const MIB = 2 ** 20
const SEGMENT = 65_536
const recipients = [{ provider: 'bench', region: 'local-1', keyId: 'key', wrappedKey: randomBytes(86) }]

/** How a stream is asked for, with the name of its figures. Two threads are two: this one only gives out chunks. */
const modes: Record<string, { readonly options: StreamOptions; readonly threads: number }> = {
  threads1: { options: {}, threads: 1 },
  reuse_threads1: { options: { reuse: true }, threads: 1 },
  threads2: { options: { parallel: true }, threads: 2 },
  reuse_threads2: { options: { parallel: true, reuse: true }, threads: 2 },
}

/**
 * Sealed messages as streams, memory to memory, with key derivation, header and segments of 64 KiB, against
 * `openssl speed` of AES-256-GCM at 64 KiB on as many threads; medians of rounds.
 */
export const stream: Area = async ({ quick }) => {
  const chunks = new Array<Uint8Array>(quick ? 64 : 256).fill(randomBytes(MIB))
  const rounds: Record<string, number>[] = []
  for (let i = 0; i < (quick ? 1 : 3); i++) rounds.push(await round(chunks, quick ? 1 : 2))
  const middle = (name: string): number =>
    rounds.map((values) => values[name] ?? Number.NaN).sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN
  const all = Object.keys(rounds[0] ?? {}).map((name): [string, number] => [name, middle(name)])
  return {
    ratios: Object.fromEntries(all.filter(([name]) => name.includes('_over_'))),
    figures: Object.fromEntries(all.filter(([name]) => !name.includes('_over_'))),
  }
}

async function round(chunks: readonly Uint8Array[], seconds: number): Promise<Record<string, number>> {
  const values: Record<string, number> = {}
  for (const [mode, { options, threads }] of Object.entries(modes)) {
    const openssl = opensslSpeed('aes-256-gcm', SEGMENT, threads, seconds)
    for (const [name, suite] of [
      ['stream64k', 'aes'],
      ['sm4stream64k', 'gm'],
    ] as const) {
      const speeds = await sealAndOpen(chunks, suite, options, threads)
      for (const [direction, speed] of Object.entries(speeds)) {
        values[`${name}_${direction}_${mode}_over_openssl_aes256gcm`] = speed / openssl
        values[`${name}_${direction}_${mode}_mib_per_s`] = speed / MIB
      }
    }
  }
  return values
}

async function sealAndOpen(
  chunks: readonly Uint8Array[],
  suite: SuiteName,
  options: StreamOptions,
  threads: number,
): Promise<Record<'seal' | 'open', number>> {
  using dataKey = Secret.random(32)
  const seal = (stream: StreamOptions) =>
    sealMessageStream(dataKey, { suite: suites[suite], recipients }, chunks, stream)
  const parts: Uint8Array[] = []
  for await (const part of seal({})) parts.push(part)
  const sealed = recut(Buffer.concat(parts))
  const open = () => openMessageStream(sealed, (header) => verifyHeader(header, dataKey), options)
  const size = chunks.length * MIB
  return { seal: await rate(size, () => seal(options), threads), open: await rate(size, open, threads) }
}

const recut = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, i) => bytes.subarray(i * MIB, (i + 1) * MIB))

/** Bytes a second in the second of two runs. Alone, time is the processor's, as `openssl speed` counts it. */
async function rate(size: number, start: () => AsyncIterable<Uint8Array>, threads: number): Promise<number> {
  await drained(start())
  const before = now(threads)
  await drained(start())
  return size / (now(threads) - before)
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
