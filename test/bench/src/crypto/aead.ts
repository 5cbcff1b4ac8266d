import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Area } from '../area.ts'
import { medians } from './medians.ts'
import { opensslSpeed } from './openssl-speed.ts'

const sizes = { '64b': 64, '1k': 1024, '64k': 65_536, '16m': 16_777_216 }
const algorithms = { aes256gcm: 'AES-256-GCM', sm4gcm: 'SM4-GCM' }

/** AES-256-GCM and SM4-GCM of each size on one and two threads, and the tiers of SM4-GCM; medians of rounds. */
export const aead: Area = async ({ quick }) => {
  const seconds = quick ? 0.1 : 0.5
  return medians(Array.from({ length: quick ? 1 : 3 }, () => round(seconds)))
}

/** Ratios and MiB a second, all measured one after another. */
function round(seconds: number): Record<string, number> {
  return { ...small(seconds), ...batches(seconds), ...tiers(seconds), ...table(seconds, 1), ...table(seconds, 2) }
}

/** What a call costs beside the cipher. */
function small(seconds: number): Record<string, number> {
  const ours = calls(seconds, 1, [
    'createcipheriv 64',
    'seal AES-256-GCM 64',
    'batch AES-256-GCM 64',
    'seal SM4-GCM 64',
  ])
  const theirs = ours('createcipheriv 64')
  return {
    seal64b_over_createcipheriv: ours('seal AES-256-GCM 64') / theirs,
    batch64b_over_createcipheriv: ours('batch AES-256-GCM 64') / theirs,
    sm4seal64b_over_createcipheriv: ours('seal SM4-GCM 64') / theirs,
  }
}

/** A thousand values in one call, on one and two threads, against openssl's AES-256-GCM of one value. */
function batches(seconds: number): Record<string, number> {
  const rows = [1, 2].flatMap((threads) =>
    (['64b', '1k'] as const).flatMap((size) => {
      const openssl = opensslSpeed('aes-256-gcm', sizes[size], threads, Math.ceil(seconds))
      const names = Object.values(algorithms).map((algorithm) => `batch ${algorithm} ${sizes[size]}`)
      const ours = calls(seconds, threads, names)
      return Object.entries(algorithms).flatMap(([name, algorithm]): [string, number][] => {
        const speed = ours(`batch ${algorithm} ${sizes[size]}`)
        const row = `${name}_batch_${size}_threads${threads}`
        return [
          [`${row}_over_openssl_aes256gcm`, speed / openssl],
          [`${row}_mib_per_s`, speed / 2 ** 20],
        ]
      })
    }),
  )
  return Object.fromEntries(rows)
}

/** SM4-GCM of 64 KiB in each tier of this processor, and the named ratios. */
function tiers(seconds: number): Record<string, number> {
  const aes = opensslSpeed('aes-256-gcm', sizes['64k'], 1, Math.ceil(seconds))
  const sm4ctr = opensslSpeed('sm4-ctr', sizes['64k'], 1, Math.ceil(seconds))
  const chosen = calls(seconds, 1, ['seal AES-256-GCM 65536', 'seal SM4-GCM 65536', 'open SM4-GCM 65536'])
  const tier = (name: string) => calls(seconds, 1, ['seal SM4-GCM 65536'], name)('seal SM4-GCM 65536')
  return {
    sm4gcm64k_over_openssl_aes256gcm: chosen('seal SM4-GCM 65536') / aes,
    sm4gcm64k_open_over_openssl_aes256gcm: chosen('open SM4-GCM 65536') / aes,
    sm4gcm64k_over_openssl_sm4ctr: chosen('seal SM4-GCM 65536') / sm4ctr,
    sm4gcm64k_aesni_over_openssl_sm4ctr: tier('aesni') / sm4ctr,
    sm4gcm64k_portable_over_openssl_sm4ctr: tier('portable') / sm4ctr,
    aes256gcm64k_over_openssl: chosen('seal AES-256-GCM 65536') / aes,
    openssl_aes256gcm64k_mib_per_s: aes / 2 ** 20,
    openssl_sm4ctr64k_mib_per_s: sm4ctr / 2 ** 20,
  }
}

/** Every size, seal and open, on so many threads, each against openssl's AES-256-GCM of that size. */
function table(seconds: number, threads: number): Record<string, number> {
  const cells = Object.entries(sizes).flatMap(([size, bytes]) => {
    const openssl = opensslSpeed('aes-256-gcm', bytes, threads, Math.ceil(seconds))
    return Object.entries(algorithms).flatMap(([name, algorithm]) => {
      const both = [`seal ${algorithm} ${bytes}`, `open ${algorithm} ${bytes}`] as const
      const ours = calls(seconds, threads, both)
      return both.flatMap((call): [string, number][] => [
        [`${name}_${call.slice(0, 4)}_${size}_threads${threads}_over_openssl_aes256gcm`, ours(call) / openssl],
        [`${name}_${call.slice(0, 4)}_${size}_threads${threads}_mib_per_s`, ours(call) / 2 ** 20],
      ])
    })
  })
  return Object.fromEntries(cells)
}

/** Bytes a second of each call, in a process of its own: a tier is chosen once for a process. */
function calls(seconds: number, threads: number, names: readonly string[], tier?: string): (name: string) => number {
  const program = fileURLToPath(new URL(`./aead-calls${import.meta.url.slice(-3)}`, import.meta.url))
  const env = { ...process.env, ...(tier && { HUFU_SM4_TIER: tier }) }
  const output = execFileSync(process.execPath, [program, String(seconds), String(threads), ...names], {
    encoding: 'utf8',
    env,
  })
  const rates: Record<string, number> = JSON.parse(output)
  return (name) => rates[name] ?? Number.NaN
}
