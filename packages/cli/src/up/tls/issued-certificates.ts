import { X509Certificate } from 'node:crypto'
import { appendFile, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { ifAbsent } from '../../system/if-absent.ts'
import { writeWholeFile } from '../../system/whole-file.ts'
import { serialsIn } from './revoked-serials.ts'

/** What the authority of a data directory said of a client. */
export interface IssuedCertificate {
  /** Upper-case hex. */
  readonly serial: string
  /** The user's ARN. */
  readonly user: string
  /** ISO 8601. */
  readonly from: string
  readonly to: string
  readonly revoked: boolean
}

/** The client certificates that the authority of a data directory issued, without their keys, and those taken back. */
export class IssuedCertificates {
  readonly #folder: string
  readonly #list: string

  constructor(data: string) {
    this.#folder = join(data, 'tls', 'issued')
    this.#list = join(data, 'tls', 'revoked.txt')
  }

  /** The file of serial numbers that count no more; there from now on. */
  async revokedList(): Promise<string> {
    await (await open(this.#list, 'a', 0o644)).close()
    return this.#list
  }

  /** In PEM. */
  async add(certificate: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const { serialNumber } = new X509Certificate(certificate)
    await writeWholeFile(join(this.#folder, `${serialNumber}.pem`), certificate, 0o644)
  }

  /** Those that end first come first. */
  async list(): Promise<readonly IssuedCertificate[]> {
    const names = (await readdir(this.#folder).catch(ifAbsent([]))).filter((name) => name.endsWith('.pem'))
    const files = await Promise.all(names.map((name) => readFile(join(this.#folder, name), 'utf8')))
    const revoked = await this.#revoked()
    const issued = files.map((file) => described(new X509Certificate(file), revoked))
    return issued.sort((one, other) => one.to.localeCompare(other.to) || one.serial.localeCompare(other.serial))
  }

  /** For ever; whoever runs knows it within a second. Throws `CliError` when there is none of that serial number. */
  async revoke(serial: string): Promise<IssuedCertificate> {
    const found = (await this.list()).find((one) => one.serial === serial)
    if (found === undefined)
      throw new CliError(
        exitCode.notFound,
        `no certificate ${serial} was issued`,
        'hufu tls list shows those that were',
      )
    // A line of its own, whatever a hand has written before it.
    if (!found.revoked) await appendFile(this.#list, `\n${serial}\n`, { flush: true })
    return { ...found, revoked: true }
  }

  async #revoked(): Promise<ReadonlySet<string>> {
    return serialsIn(await readFile(this.#list, 'utf8').catch(ifAbsent('')))
  }
}

const described = (certificate: X509Certificate, revoked: ReadonlySet<string>): IssuedCertificate => ({
  serial: certificate.serialNumber,
  user: certificate.subjectAltName?.replace(/^URI:/, '') ?? '',
  from: new Date(certificate.validFrom).toISOString(),
  to: new Date(certificate.validTo).toISOString(),
  revoked: revoked.has(certificate.serialNumber),
})
