import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Area, Measured } from './area.ts'
import { type Served, withServer } from './kms/child.ts'
import { type Load, load, type Request, signed } from './kms/load.ts'
import { interleaved } from './kms/rounds.ts'

const targets = {
  generatedatakey_over_bare_http: 0.4,
  decrypt_over_bare_http: 0.4,
  audit_on_over_off: 0.85,
  keys100k_over_keys1: 0.9,
  p99_at_half_load_times: 10,
  generatedatakey_per_s: 12_000,
  decrypt_per_s: 12_000,
}

/**
 * The whole server (signature, domain, token, durable audit) against a bare node:http server that answers the same
 * bytes, under the same load generator, in turns within one run.
 */
export const kms: Area = ({ quick }) => {
  const manyKeys = quick ? 2_000 : 100_000
  return withKms('on', 1, (one) =>
    withKms('off', 1, (unaudited) =>
      withKms('on', manyKeys, (many) => compare({ one, unaudited, many, manyKeys, seconds: quick ? 2 : 4 })),
    ),
  )
}

interface Compared {
  readonly one: Served
  readonly unaudited: Served
  readonly many: Served
  readonly manyKeys: number
  readonly seconds: number
}

const ROUNDS = 4

async function compare({ one, unaudited, many, manyKeys, seconds }: Compared): Promise<Measured> {
  const request = generateRequest(one)
  const answer = await answerTo(one.url, request)
  const decrypt = signed(one, 'Decrypt', { CiphertextBlob: JSON.parse(answer).CiphertextBlob })
  const decrypted = await answerTo(one.url, decrypt)
  const { full, half } = await withBare(answer, (bare) =>
    withBare(decrypted, async (bareDecrypt) => {
      const full = await interleaved(
        {
          generate: () => load(one.url, request, seconds),
          bare: () => load(bare, request, seconds),
          unaudited: () => generate(unaudited, seconds),
          decrypt: () => load(one.url, decrypt, seconds),
          bareDecrypt: () => load(bareDecrypt, decrypt, seconds),
          many: () => generate(many, seconds),
        },
        ROUNDS,
      )
      const rate = Math.floor(full.generate.perSecond / 2)
      const ours = () => load(one.url, request, seconds, rate)
      return { full, half: await interleaved({ ours, bare: () => load(bare, request, seconds, rate) }, ROUNDS) }
    }),
  )
  return {
    targets,
    ratios: {
      generatedatakey_over_bare_http: full.generate.perSecond / full.bare.perSecond,
      decrypt_over_bare_http: full.decrypt.perSecond / full.bareDecrypt.perSecond,
      audit_on_over_off: full.generate.perSecond / full.unaudited.perSecond,
      keys100k_over_keys1: full.many.perSecond / full.generate.perSecond,
      createkeys_last_over_first_tenth_times: many.created.last / many.created.first,
      listkeys_last_over_first_tenth_times: many.listed.last / many.listed.first,
      p99_at_half_load_times: half.ours.p99 / Math.max(half.bare.p99, 1),
    },
    figures: {
      generatedatakey_per_s: full.generate.perSecond,
      generatedatakey_p50_ms: full.generate.p50,
      generatedatakey_p99_ms: full.generate.p99,
      decrypt_per_s: full.decrypt.perSecond,
      unaudited_per_s: full.unaudited.perSecond,
      manykeys_per_s: full.many.perSecond,
      bare_http_per_s: full.bare.perSecond,
      bare_p50_ms: full.bare.p50,
      bare_p99_ms: full.bare.p99,
      createkeys_per_s: (manyKeys / many.created.all) * 1000,
      listkeys_per_s: (manyKeys / many.listed.all) * 1000,
      half_load_p50_ms: half.ours.p50,
      half_load_p99_ms: half.ours.p99,
      bare_half_load_p50_ms: half.bare.p50,
      bare_half_load_p99_ms: half.bare.p99,
    },
  }
}

const generate = (served: Served, seconds: number): Promise<Load> => load(served.url, generateRequest(served), seconds)

const generateRequest = (served: Served): Request =>
  signed(served, 'GenerateDataKey', { KeyId: served.keyId, KeySpec: 'AES_256' })

const withBare = <T>(answer: string, use: (url: string) => Promise<T>): Promise<T> =>
  withServer('serve-bare', [Buffer.from(answer).toString('base64')], ({ url }) => use(url))

async function withKms<T>(audit: 'on' | 'off', keys: number, use: (served: Served) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-bench-'))
  try {
    return await withServer('serve-hufu', [dir, audit, String(keys)], use)
  } finally {
    await rm(dir, { recursive: true })
  }
}

async function answerTo(url: string, { headers, body }: Request): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
