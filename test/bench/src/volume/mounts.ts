import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Mount extends AsyncDisposable {
  readonly path: string
}

/** Our volume, in a process of its own. */
export async function hufuMount(work: string): Promise<Mount> {
  const [backing, path] = [join(work, 'hufu'), join(work, 'hufu-mnt')]
  await mkdir(path)
  const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [backing, path])
  const exited = once(child, 'exit')
  await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the measured server ended with ${code}`))),
  ])
  return {
    path,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path])
      await exited
      await rm(backing, { recursive: true })
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
      await rm(backing, { recursive: true })
    },
  }
}
