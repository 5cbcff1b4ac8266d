import { HufuError } from './error.ts'

/** What a caller may name a key by. */
export type ParsedKeyName = NamedById | NamedByAlias

interface Place {
  /** Both are given by an ARN and by nothing else. */
  readonly region?: string
  readonly accountId?: string
}

export interface NamedById extends Place {
  readonly kind: 'id'
  readonly keyId: string
}

export interface NamedByAlias extends Place {
  readonly kind: 'alias'
  /** Without the `alias/` prefix. */
  readonly alias: string
}

/** A UUID; of a multi-Region key, `mrk-` and 32 hexadecimal digits. */
const KEY_ID = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const ALIAS = /^[A-Za-z0-9/_-]{1,250}$/
const ARN = /^arn:aws:kms:([a-z0-9-]+):(\d{12}):(key|alias)\/(.+)$/

/** Reads a key id, `alias/NAME`, or the ARN of either. Throws `InvalidKeyId`. */
export function parseKeyName(name: string): ParsedKeyName {
  if (KEY_ID.test(name)) return { kind: 'id', keyId: name }
  if (name.startsWith('alias/')) return aliasNamed(name, name.slice(6))
  const [, region, accountId, kind, rest] = ARN.exec(name) ?? []
  if (region === undefined || accountId === undefined || rest === undefined) throw unreadable(name)
  if (kind === 'alias') return { ...aliasNamed(name, rest), region, accountId }
  if (!KEY_ID.test(rest)) throw unreadable(name)
  return { kind: 'id', keyId: rest, region, accountId }
}

function aliasNamed(name: string, alias: string): NamedByAlias {
  if (!ALIAS.test(alias)) throw unreadable(name)
  return { kind: 'alias', alias }
}

const unreadable = (name: string): HufuError =>
  new HufuError(
    'InvalidKeyId',
    `expected a key id, a key ARN or alias/NAME, received ${JSON.stringify(name.slice(0, 120))}`,
  )

export const keyArn = (region: string, accountId: string, keyId: string): string =>
  `arn:aws:kms:${region}:${accountId}:key/${keyId}`

export const aliasArn = (region: string, accountId: string, alias: string): string =>
  `arn:aws:kms:${region}:${accountId}:alias/${alias}`

/** The key id at the end of a key's ARN; a bare key id is returned as it is. */
export const keyIdOfArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** `arn:aws:kms:REGION:ACCOUNT:key/ID`, by its parts. */
export const regionOfArn = (arn: string): string => arn.split(':')[3] ?? ''
export const accountOfArn = (arn: string): string => arn.split(':')[4] ?? ''
