import { execFileSync } from 'node:child_process'

/** Bytes a second that `openssl speed` encrypts with, in blocks of `size` bytes, on so many threads. */
export function opensslSpeed(cipher: string, size: number, threads: number, seconds: number): number {
  const multi = threads > 1 ? ['-multi', String(threads)] : []
  const options = ['speed', '-seconds', String(seconds), '-bytes', String(size), ...multi, '-evp', cipher]
  const output = execFileSync('openssl', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const match = /([\d.]+)k\s*$/.exec(output.trim())
  if (match === null)
    throw new Error(`expected the speed of ${cipher} from openssl, received ${JSON.stringify(output)}`)
  return Number(match[1]) * 1000
}
