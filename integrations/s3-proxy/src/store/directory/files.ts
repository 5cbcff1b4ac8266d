import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, link, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { S3Error } from '../../error.ts'
import type { Body } from '../object-store.ts'
import { storageError } from './storage-error.ts'
import { syncDirectory, syncDirectoryNow } from './sync-directory.ts'

/** The files that hold ciphertext, spread over 256 folders by the first byte of their random names. */
export class Files {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
    for (let i = 0; i < 256; i++) mkdirSync(join(root, i.toString(16).padStart(2, '0')), { recursive: true })
    syncDirectoryNow(root)
  }

  /** A name that no file has. */
  newName(): string {
    const name = randomUUID().replaceAll('-', '')
    return `${name.slice(0, 2)}/${name.slice(2)}`
  }

  open(name: string): Promise<FileHandle> {
    return open(join(this.#root, name), 'r')
  }

  /** Writes a new file of exactly this size; durable when it resolves. What is left of a failure is a loose file. */
  async write(name: string, size: number, body: Body): Promise<void> {
    await using file = await storage(open(join(this.#root, name), 'wx', 0o600))
    let written = 0
    for await (const chunk of body) {
      written += chunk.length
      if (written > size) break
      for (let at = 0; at < chunk.length; ) at += (await storage(file.write(chunk, at, chunk.length - at))).bytesWritten
    }
    if (written !== size) throw new S3Error('IncompleteBody', `expected ${size} bytes, received ${written}`)
    await storage(file.datasync())
    await syncDirectory(join(this.#root, name.slice(0, 2)))
  }

  /** A second name for the same bytes. */
  async share(name: string, newName: string): Promise<void> {
    await storage(link(join(this.#root, name), join(this.#root, newName)))
    await syncDirectory(join(this.#root, newName.slice(0, 2)))
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#root, name), { force: true })
  }
}

const storage = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw storageError(error)
  }
}
