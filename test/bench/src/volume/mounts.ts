import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InitOptions } from '@hufu/fuse'

export interface Mount extends AsyncDisposable {
  readonly path: string
}

export interface HufuMount extends Mount {
  readonly mountMilliseconds: number
  /** What its process has in memory, in bytes. */
  resident(): number
}

/** Our volume, in a process of its own, as `name` in the work folder: made where it is not there. The ciphertext stays. */
export async function hufuMount(
  work: string,
  name = 'hufu',
  options: Pick<InitOptions, 'suite' | 'blockSize' | 'integrity'> = {},
): Promise<HufuMount> {
  const [backing, path] = [join(work, name), join(work, `${name}-mnt`)]
  await mkdir(path, { recursive: true })
  const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [backing, path, JSON.stringify(options)])
  const exited = once(child, 'exit')
  const [milliseconds] = await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the measured server ended with ${code}`))),
  ])
  return {
    path,
    mountMilliseconds: Number(milliseconds),
    resident() {
      const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      return Number(kibibytes) * 1024
    },
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path])
      await exited
    },
  }
}

/** Debian's gocryptfs, as it comes. */
export async function gocryptfsMount(work: string): Promise<Mount> {
  const [backing, path, password] = [join(work, 'gocryptfs'), join(work, 'gocryptfs-mnt'), join(work, 'password')]
  await mkdir(path)
  await mkdir(backing)
  await writeFile(password, 'measured')
  const quiet = ['-q', '-passfile', password]
  execFileSync('gocryptfs', ['-init', '-scryptn', '10', ...quiet, backing])
  execFileSync('gocryptfs', [...quiet, backing, path], { stdio: 'ignore' })
  return {
    path,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path])
    },
  }
}
