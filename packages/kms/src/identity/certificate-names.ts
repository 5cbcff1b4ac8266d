import { type ParsedArn, parseArn } from '../directory/arns.ts'

/** The names that a certificate gives its holder (RFC 5280, 4.2.1.6). */
export interface CertificateNames {
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
}

/** A user by ARN, or by name alone. */
export type CertifiedUser = { readonly arn: string; readonly name: string } | { readonly name: string }

/**
 * The one user whom a certificate names: by a URI that is the user's ARN, otherwise by a DNS name that is the user's
 * name. Null when it names none, more than one, or what is no user of the account: root, roles and sessions have no
 * certificates.
 */
export function certifiedUser({ uris, dnsNames }: CertificateNames, accountId: string): CertifiedUser | null {
  const arns = uris.filter((uri) => uri.startsWith('arn:'))
  const [arn] = arns
  if (arn !== undefined) return arns.length === 1 ? userOf(arn, parseArn(arn), accountId) : null
  const [name] = dnsNames
  return name === undefined || dnsNames.length > 1 ? null : { name }
}

const userOf = (arn: string, parsed: ParsedArn | null, accountId: string): CertifiedUser | null =>
  parsed?.kind === 'user' && parsed.account === accountId && parsed.name !== '' ? { arn, name: parsed.name } : null
