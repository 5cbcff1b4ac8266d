import { KeyFormatError } from '../key-format-error.ts'

type PemLabel = 'PUBLIC KEY' | 'PRIVATE KEY'

/** RFC 7468: 64 characters a line, a newline at the end. */
export function encodePem(label: PemLabel, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The bytes of the one block of that label, which may stand among white space but nothing else. */
export function decodePem(label: PemLabel, text: string): Uint8Array {
  const block = new RegExp(`^\\s*-----BEGIN ${label}-----\\s([A-Za-z0-9+/=\\s]+)-----END ${label}-----\\s*$`).exec(text)
  if (block?.[1] === undefined) throw new KeyFormatError(`expected one PEM block labelled ${label}`)
  const base64 = block[1].replaceAll(/\s/g, '')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw new KeyFormatError('expected base64 in the PEM block')
  return new Uint8Array(bytes)
}
