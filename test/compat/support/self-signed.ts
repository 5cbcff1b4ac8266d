import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A key and its own certificate for `localhost` and 127.0.0.1, in PEM, by the openssl command. */
export async function selfSigned(): Promise<{ readonly key: string; readonly certificate: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-tls-'))
  try {
    const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')]
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    await promisify(execFile)('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', certificate])
    return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') }
  } finally {
    await rm(dir, { recursive: true })
  }
}
