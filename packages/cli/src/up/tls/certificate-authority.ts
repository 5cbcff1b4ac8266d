import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate and its private key (PKCS #8), in PEM. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

/** Milliseconds since the epoch. */
export interface Validity {
  readonly from: number
  readonly to: number
}

/** A new certificate authority of that name, whose certificates sign no others. */
export async function newAuthority(name: string, { from, to }: Validity): Promise<Certified> {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${name} ${randomBytes(4).toString('hex')}`,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: pem(certificate), key: await keyPem(keys) }
}

/** The certificate of a server of these names and addresses, signed by the authority. */
export const newServerCertificate = (
  authority: Certified,
  names: readonly string[],
  validity: Validity,
): Promise<Certified> =>
  signed(authority, validity, {
    subject: [{ CN: ['Hufu KMS'] }],
    usage: x509.ExtendedKeyUsage.serverAuth,
    names: names.map(alternativeName),
  })

/** The certificate of a client, which names a user by the ARN in a URI (RFC 5280, 4.2.1.6), signed by the authority. */
export const newClientCertificate = (
  authority: Certified,
  user: { readonly arn: string; readonly name: string },
  validity: Validity,
): Promise<Certified> =>
  signed(authority, validity, {
    subject: [{ CN: [user.name] }],
    usage: x509.ExtendedKeyUsage.clientAuth,
    names: [{ type: 'url', value: user.arn }],
  })

interface Holder {
  readonly subject: x509.JsonName
  readonly usage: string
  readonly names: readonly x509.JsonGeneralName[]
}

async function signed(authority: Certified, { from, to }: Validity, holder: Holder): Promise<Certified> {
  const ca = new x509.X509Certificate(authority.cert)
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: holder.subject,
    issuer: ca.subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([holder.usage]),
      new x509.SubjectAlternativeNameExtension([...holder.names]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: pem(certificate), key: await keyPem(keys) }
}

const alternativeName = (name: string) => ({
  type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
  value: name,
})

/** RFC 5280, 4.1.2.2: positive, at most 20 octets. */
function serialNumber(): string {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial.toString('hex')
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])

async function keyPem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', privateKey)
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`
}

const signingKey = (key: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(key), ALGORITHM, false, ['sign'])

const pem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`
