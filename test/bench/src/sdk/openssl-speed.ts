import { execFileSync } from 'node:child_process'

/** Bytes a second of the system's OpenSSL with AES-256-GCM on blocks of 64 KiB, one core. */
export function opensslGcm(seconds: number): number {
  const args = ['speed', '-mr', '-elapsed', '-seconds', String(seconds), '-bytes', '65536', '-evp', 'aes-256-gcm']
  const told = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [, speed] = /^\+F:\d+:[^:]+:([\d.]+)$/m.exec(told) ?? []
  if (speed === undefined) throw new Error(`expected a speed from openssl, received ${told}`)
  return Number(speed)
}
