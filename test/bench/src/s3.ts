import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Area } from './area.ts'
import { Child } from './s3/children.ts'
import { Client } from './s3/client.ts'

const KIB = 1024
const MIB = 1024 * KIB
/** Objects that are read and written, in turn. */
const OBJECTS = 16
const LISTED = 1000

/**
 * The proxy over an S3 endpoint in memory, against that endpoint itself and against a proxy that only passes on;
 * and a listing of the directory store against one request to it. Each server in a process of its own.
 */
export const s3: Area = async ({ quick }) => {
  const directory = await mkdtemp(join(tmpdir(), 'hufu-bench-s3-'))
  try {
    await using backend = await Child.start('backend')
    await using plain = await Child.start('plain', backend.url)
    await using hufu = await Child.start('proxy', backend.url, join(directory, 'proxy'))
    await using stored = await Child.start('directory', join(directory, 'directory'))
    const large = { size: 16 * MIB, parallel: 8, count: quick ? 32 : 128 }
    const small = { size: 4 * KIB, parallel: 16, count: quick ? 1_000 : 10_000 }
    const direct = await measured(backend.url, 'direct', large)
    const through = await measured(hufu.url, 'hufu', large)
    const passed = await measured(plain.url, 'plain', large)
    const smallPassed = await measured(plain.url, 'plain', small)
    const smallThrough = await measured(hufu.url, 'hufu', small)
    const files = await measured(stored.url, 'files', large)
    const list = await listing(stored.url, quick ? 5 : 30)
    return {
      ratios: {
        get16m_over_direct: through.get / direct.get,
        put16m_over_direct: through.put / direct.put,
        get4k_over_plain_proxy: smallThrough.get / smallPassed.get,
        put4k_over_plain_proxy: smallThrough.put / smallPassed.put,
        list1000_times: list.thousand / list.one,
      },
      figures: {
        direct_get16m_mib_per_s: direct.get / MIB,
        direct_put16m_mib_per_s: direct.put / MIB,
        plain_proxy_get16m_mib_per_s: passed.get / MIB,
        plain_proxy_put16m_mib_per_s: passed.put / MIB,
        get16m_mib_per_s: through.get / MIB,
        put16m_mib_per_s: through.put / MIB,
        directory_get16m_mib_per_s: files.get / MIB,
        directory_put16m_mib_per_s: files.put / MIB,
        get4k_per_s: smallThrough.get / small.size,
        put4k_per_s: smallThrough.put / small.size,
        list1000_ms: list.thousand,
      },
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

interface Load {
  readonly size: number
  readonly parallel: number
  readonly count: number
}

/** Plaintext bytes a second, in and out, after a first round that warms up. */
async function measured(
  url: string,
  bucket: string,
  load: Load,
): Promise<{ readonly put: number; readonly get: number }> {
  const client = new Client(url)
  const body = randomBytes(load.size)
  const path = (i: number) => `/${bucket}/${load.size}-${i % OBJECTS}`
  const put = (i: number) => client.request('PUT', path(i), body)
  const get = (i: number) => client.request('GET', path(i))
  await client.request('PUT', `/${bucket}`, Buffer.alloc(0)).catch(() => 0)
  await perSecond(put, { ...load, count: OBJECTS })
  await perSecond(get, { ...load, count: OBJECTS })
  const speeds = { put: await perSecond(put, load), get: await perSecond(get, load) }
  client.close()
  return speeds
}

async function perSecond(one: (i: number) => Promise<number>, { size, parallel, count }: Load): Promise<number> {
  const start = performance.now()
  let next = 0
  const worker = async () => {
    while (next < count) await one(next++)
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return (count * size * 1000) / (performance.now() - start)
}

/** Milliseconds of a page of a thousand objects, and of one of a single object. */
async function listing(url: string, rounds: number): Promise<{ readonly thousand: number; readonly one: number }> {
  const client = new Client(url)
  await client.request('PUT', '/listed', Buffer.alloc(0))
  const put = (i: number) => client.request('PUT', `/listed/${i}`, Buffer.alloc(1))
  await perSecond(put, { size: 1, parallel: 16, count: LISTED })
  const page = (limit: number) => () => client.request('GET', `/listed?list-type=2&max-keys=${limit}`)
  const milliseconds = async (limit: number) =>
    1000 / (await perSecond(page(limit), { size: 1, parallel: 1, count: rounds }))
  const times = { thousand: await milliseconds(LISTED), one: await milliseconds(1) }
  client.close()
  return times
}
