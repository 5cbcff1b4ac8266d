import { readFile, stat } from 'node:fs/promises'
import type { RevokedSerials } from '@hufu/server'
import { HufuError } from '@hufu/wire'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'

/** Milliseconds for which the file is taken to be as it was. */
const KEPT_FOR = 1_000

/**
 * The serial numbers in a file, one a line as `openssl x509 -serial` prints them, `#` before what is no number; read
 * again within a second of a change. Throws `CliError` at the start, and afterwards `CertificateRefused`, when the file
 * can not be read: a certificate that may be revoked does not count.
 */
export async function revokedSerials(file: string): Promise<RevokedSerials> {
  const list = new RevokedList(file)
  await list.serials().catch((cause) => {
    throw new CliError(
      exitCode.cannotStart,
      `can not read serial numbers from ${file}: ${cause.message}`,
      'name a file with one number in hex a line; it may be empty',
      { cause },
    )
  })
  return () =>
    list.serials().catch((cause) => {
      throw new HufuError('CertificateRefused', 'the list of revoked certificates can not be read', { cause })
    })
}

class RevokedList {
  readonly #file: string
  #looked = Number.NEGATIVE_INFINITY
  #version = ''
  #serials: ReadonlySet<string> = new Set()

  constructor(file: string) {
    this.#file = file
  }

  async serials(): Promise<ReadonlySet<string>> {
    const now = performance.now()
    if (now - this.#looked < KEPT_FOR) return this.#serials
    const { mtimeMs, size, ino } = await stat(this.#file)
    const version = `${ino} ${mtimeMs} ${size}`
    if (version !== this.#version) {
      this.#serials = serialsIn(await readFile(this.#file, 'utf8'))
      this.#version = version
    }
    this.#looked = now
    return this.#serials
  }
}

/** Throws `TypeError` for what is no serial number. */
export function serialsIn(text: string): ReadonlySet<string> {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/#.*/, '')
      .replace(/^\s*serial=/i, '')
      .trim(),
  )
  return new Set(lines.filter((line) => line !== '').map(serialOf))
}

/** Upper-case hex of whole bytes, as Node tells serial numbers. Throws `TypeError` for what is none. */
export function serialOf(line: string): string {
  const hex = line.replaceAll(':', '').toUpperCase()
  if (!/^[0-9A-F]{1,64}$/.test(hex))
    throw new TypeError(`expected a serial number in hex, received ${line.slice(0, 80)}`)
  return hex.length % 2 === 0 ? hex : `0${hex}`
}
