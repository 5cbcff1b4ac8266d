import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { HufuError } from '@hufu/wire'

/** Files in PEM that prove a client by TLS. */
export interface ClientCertificateFiles {
  /** The certificate, and those between it and its CA. */
  readonly certificateFile: string
  /** Its private key, without a passphrase. */
  readonly keyFile: string
}

/** What is in the files. */
export interface ClientPair {
  readonly cert: string
  readonly key: string
}

/** Files by name, where only one of them may be there. */
export type NamedCertificate = { readonly [Name in keyof ClientCertificateFiles]?: string | undefined }

/**
 * The client certificate to show: the one that was named, else that of HUFU_CLIENT_CERT and HUFU_CLIENT_KEY; null where
 * there is none, and requests are signed. Throws `CertificateUnusable` when one file of the two is missing.
 */
export function namedCertificate(
  { certificateFile, keyFile }: NamedCertificate = {},
  env: NodeJS.ProcessEnv = process.env,
): ClientCertificateFiles | null {
  const named = certificateFile !== undefined || keyFile !== undefined
  const cert = named ? certificateFile : env.HUFU_CLIENT_CERT
  const key = named ? keyFile : env.HUFU_CLIENT_KEY
  if (!cert && !key) return null
  if (cert && key) return { certificateFile: cert, keyFile: key }
  throw unusable(`expected a client certificate and its key, received only ${cert ? 'the certificate' : 'the key'}`)
}

/** How requests prove who asks, as the options of a client have it: by that certificate, or by signatures of the credentials. */
export function proofOf<C>(
  credentials: C,
  named?: NamedCertificate,
  env?: NodeJS.ProcessEnv,
): ClientCertificateFiles | { readonly credentials: C } {
  return namedCertificate(named, env) ?? { credentials }
}

/** Throws `CertificateUnusable`. */
export function readClientPair({ certificateFile, keyFile }: ClientCertificateFiles): ClientPair {
  const pair = { cert: read(certificateFile), key: read(keyFile) }
  check(pair, certificateFile, keyFile)
  return pair
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : cause
    throw unusable(`can not read ${file}: ${code}`, cause)
  }
}

function check({ cert, key }: ClientPair, certificateFile: string, keyFile: string): void {
  if (/ENCRYPTED/.test(key))
    throw unusable(`expected a private key without a passphrase in ${keyFile}, received an encrypted one`)
  const certificate = parsed(certificateFile, 'a certificate', () => new X509Certificate(cert))
  const privateKey = parsed(keyFile, 'a private key', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey))
    throw unusable(`the key in ${keyFile} is not that of ${certificateFile}`)
}

function parsed<T>(file: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw unusable(`expected ${what} in PEM in ${file}`, cause)
  }
}

const unusable = (message: string, cause?: unknown): HufuError =>
  new HufuError('CertificateUnusable', message, { cause })
