import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Area } from './area.ts'
import { type Served, withServer } from './kms/child.ts'
import { type Load, load, type Request, signed } from './kms/load.ts'

/**
 * The whole server (signature, domain, token, durable audit) against a bare node:http server that answers the same
 * bytes, under the same load generator in the same run.
 */
export const kms: Area = async ({ quick }) => {
  const seconds = quick ? 2 : 8
  const manyKeys = quick ? 2_000 : 100_000
  const one = await withKms('on', 1, (served) => dataPlane(served, seconds))
  const unaudited = await withKms('off', 1, (served) => generate(served, seconds))
  const many = await withKms('on', manyKeys, async (served) => ({ ...served, ...(await generate(served, seconds)) }))
  const bare = await againstBare(one, seconds)
  return {
    ratios: {
      generatedatakey_over_bare_http: one.generate.perSecond / bare.generate.perSecond,
      decrypt_over_bare_http: one.decrypt.perSecond / bare.decrypt.perSecond,
      audit_on_over_off: one.generate.perSecond / unaudited.perSecond,
      keys100k_over_keys1: many.perSecond / one.generate.perSecond,
      createkeys_last_over_first_tenth_times: many.created.last / many.created.first,
      listkeys_last_over_first_tenth_times: many.listed.last / many.listed.first,
      p99_at_half_load_times: one.half.p99 / Math.max(bare.half.p99, 1),
    },
    figures: {
      generatedatakey_per_s: one.generate.perSecond,
      decrypt_per_s: one.decrypt.perSecond,
      bare_http_per_s: bare.generate.perSecond,
      createkeys_per_s: (manyKeys / many.created.all) * 1000,
      listkeys_per_s: (manyKeys / many.listed.all) * 1000,
      half_load_p99_ms: one.half.p99,
      bare_half_load_p99_ms: bare.half.p99,
    },
  }
}

interface DataPlane {
  readonly generate: Load
  readonly decrypt: Load
  /** GenerateDataKey at half of what it can do at most. */
  readonly half: Load
  readonly requests: { readonly generate: Request; readonly decrypt: Request }
  readonly answers: { readonly generate: string; readonly decrypt: string }
}

async function dataPlane(served: Served, seconds: number): Promise<DataPlane> {
  const request = generateRequest(served)
  const answer = await answerTo(served.url, request)
  const decryptRequest = signed(served, 'Decrypt', { CiphertextBlob: JSON.parse(answer).CiphertextBlob })
  await load(served.url, request, 1)
  const most = await load(served.url, request, seconds)
  return {
    generate: most,
    decrypt: await load(served.url, decryptRequest, seconds),
    half: await load(served.url, request, seconds, Math.floor(most.perSecond / 2)),
    requests: { generate: request, decrypt: decryptRequest },
    answers: { generate: answer, decrypt: await answerTo(served.url, decryptRequest) },
  }
}

async function generate(served: Served, seconds: number): Promise<Load> {
  const request = generateRequest(served)
  await load(served.url, request, 1)
  return load(served.url, request, seconds)
}

async function againstBare({ requests, answers, generate }: DataPlane, seconds: number) {
  const rate = Math.floor(generate.perSecond / 2)
  return {
    ...(await withBare(answers.generate, async (url) => {
      await load(url, requests.generate, 1)
      const most = await load(url, requests.generate, seconds)
      return { generate: most, half: await load(url, requests.generate, seconds, rate) }
    })),
    decrypt: await withBare(answers.decrypt, (url) => load(url, requests.decrypt, seconds)),
  }
}

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
