import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directoryStore } from '../src/index.ts'
import { body, bytesOf } from './object-store.contract.ts'

const bucket = 'bucket'
const plain = { headers: {}, metadata: {} }

describe('the directory store', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hufu-directory-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  const files = async () => {
    const found = await readdir(join(directory, 'data'), { recursive: true })
    return found.filter((name) => name.includes('/'))
  }

  it('is there again when opened again', async () => {
    const bytes = randomBytes(100_000)
    const first = directoryStore(directory)
    await first.createBucket(bucket)
    await first.put({ bucket, key: 'k' }, { ...plain, size: bytes.length }, {}, body(bytes))
    await first.close()
    const second = directoryStore(directory)
    expect((await bytesOf((await second.open({ bucket, key: 'k' }, {})).body)).equals(bytes)).toBe(true)
    await second.close()
  })

  it('is open once', async () => {
    const first = directoryStore(directory)
    expect(() => directoryStore(directory)).toThrow(expect.objectContaining({ code: 'StoreInUse' }))
    await first.createBucket(bucket)
    await first.close()
    await directoryStore(directory).close()
  })

  it('removes the files of what was replaced, deleted, aborted, or failed', async () => {
    const store = directoryStore(directory)
    await store.createBucket(bucket)
    const put = (key: string) => store.put({ bucket, key }, { ...plain, size: 1000 }, {}, body(randomBytes(1000)))
    await put('a')
    await put('a')
    await put('b')
    await store.delete({ bucket, key: 'b' })
    const upload = { bucket, key: 'c', uploadId: await store.createUpload({ bucket, key: 'c' }, plain) }
    const part = { number: 1, kind: 'part' as const, size: 10, note: () => '' }
    await store.putPart(upload, part, body(randomBytes(10)))
    await store.abortUpload(upload)
    await expect(store.put({ bucket, key: 'd' }, { ...plain, size: 2000 }, {}, body(randomBytes(10)))).rejects.toThrow()
    await expect.poll(async () => (await files()).length).toBe(1)
    await store.close()
  })

  it('removes what a killed process left half-written, when it is opened', async () => {
    const store = directoryStore(directory)
    await store.createBucket(bucket)
    const endless = store.put(
      { bucket, key: 'half' },
      { ...plain, size: 2_000_000 },
      {},
      {
        async *[Symbol.asyncIterator]() {
          yield randomBytes(1_000_000)
          await new Promise(() => {})
        },
      },
    )
    endless.catch(() => {})
    await expect.poll(async () => (await files()).length).toBe(1)
    await store.close()
    const again = directoryStore(directory)
    await expect.poll(files).toEqual([])
    expect((await again.list(bucket, { prefix: '', delimiter: '', after: '', limit: 10 })).objects).toEqual([])
    await again.close()
  })

  it('keeps its files to itself', async () => {
    const store = directoryStore(directory)
    await store.createBucket(bucket)
    await store.put({ bucket, key: 'k' }, { ...plain, size: 10 }, {}, body(randomBytes(10)))
    for (const name of await files()) expect((await stat(join(directory, 'data', name))).mode & 0o777).toBe(0o600)
    await store.close()
  })

  it('reports a stored file that is shorter than it was', async () => {
    const store = directoryStore(directory)
    await store.createBucket(bucket)
    await store.put({ bucket, key: 'k' }, { ...plain, size: 10_000 }, {}, body(randomBytes(10_000)))
    const [name = ''] = await files()
    await truncate(join(directory, 'data', name), 9_999)
    const { body: cut } = await store.open({ bucket, key: 'k' }, {})
    await expect(bytesOf(cut)).rejects.toMatchObject({ code: 'ObjectNotAuthentic' })
    await store.close()
  })

  it('refuses an index of a version that it does not know', async () => {
    const store = directoryStore(directory)
    await store.close()
    const path = join(directory, 'index.sqlite')
    const database = await readFile(path)
    database.writeUInt32BE(99, 60)
    await writeFile(path, database)
    await rm(`${path}-wal`, { force: true })
    expect(() => directoryStore(directory)).toThrow(/version/)
  })
})
