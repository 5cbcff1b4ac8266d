/** `user/alice` under `/`; `user/dept/alice` under `/dept/`. */
export const entityArn = (
  accountId: string,
  kind: 'user' | 'group' | 'role' | 'policy',
  { path, name }: { readonly path: string; readonly name: string },
): string => `arn:aws:iam::${accountId}:${kind}${path}${name}`

export const sessionArn = (accountId: string, role: string, session: string): string =>
  `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`

export const providerArn = (accountId: string, host: string): string =>
  `arn:aws:iam::${accountId}:oidc-provider/${host}`

export const mfaArn = (accountId: string, name: string): string => `arn:aws:iam::${accountId}:mfa/${name}`

export interface ParsedArn {
  readonly account: string
  /** `user`, `group`, `role`, `policy`, `assumed-role`, `root`, `mfa`, `oidc-provider`. */
  readonly kind: string
  /** The last part of the path. */
  readonly name: string
}

const ARN = /^arn:aws:(?:iam|sts)::(\d{12}|aws|):([a-z-]+)(?:\/(.+))?$/

/** Null for what is no ARN of an identity. */
export function parseArn(arn: string): ParsedArn | null {
  const [, account, kind, rest = ''] = ARN.exec(arn) ?? []
  if (account === undefined || kind === undefined) return null
  const parts = rest.split('/')
  const name = kind === 'assumed-role' ? parts[0] : kind === 'oidc-provider' ? rest : parts.at(-1)
  return { account, kind, name: name ?? '' }
}
