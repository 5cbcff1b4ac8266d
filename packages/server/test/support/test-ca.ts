import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const openssl = (...args: readonly string[]) => promisify(execFile)('openssl', args)
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export interface TestPair {
  readonly cert: string
  readonly key: string
  /** PEM files of both, for clients that want files. */
  readonly files: { readonly cert: string; readonly key: string }
}

/** A certificate authority made by the `openssl` command, in a folder. */
export class TestCa {
  readonly #dir: string
  readonly #name: string

  constructor(dir: string, name: string) {
    this.#dir = dir
    this.#name = name
  }

  /** The certificate of the authority itself. */
  async make(): Promise<string> {
    const { cert, key } = this.#files(this.#name)
    await openssl('req', '-x509', ...EC, '-days', '30', '-subj', `/CN=${this.#name}`, '-keyout', key, '-out', cert)
    return readFile(cert, 'utf8')
  }

  /** A certificate with these alternative names, as `openssl` writes them; `days` less than 0: it has ended. */
  async issue(name: string, alternativeNames: string, { days = 2, usage = 'clientAuth' } = {}): Promise<TestPair> {
    const { cert, key, request, extensions } = this.#files(`${this.#name}-${name}`)
    const ca = this.#files(this.#name)
    const lines = ['basicConstraints=critical,CA:FALSE', `extendedKeyUsage=${usage}`]
    if (alternativeNames !== '') lines.push(`subjectAltName=${alternativeNames}`)
    await writeFile(extensions, `${lines.join('\n')}\n`)
    await openssl('req', ...EC, '-subj', `/CN=${name}`, '-keyout', key, '-out', request)
    const signing = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', String(days)]
    await openssl('x509', '-req', '-in', request, ...signing, '-extfile', extensions, '-out', cert)
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8'), files: { cert, key } }
  }

  #files(name: string) {
    const file = (ending: string): string => join(this.#dir, `${name}.${ending}`)
    return { cert: file('pem'), key: file('key'), request: file('csr'), extensions: file('ext') }
  }
}
