import type { Header, Recipient } from '@hufu/crypto'
import { keyIdOfArn } from '@hufu/wire'
import type { RewrapOptions } from './rewrap.ts'

/** Whether a recipient is the one named: `REGION:KEYID`, a key id or a key's ARN. */
export const isNamed = (name: string, { region, keyId }: Recipient): boolean =>
  [keyId, keyIdOfArn(keyId), `${region}:${keyId}`, `${region}:${keyIdOfArn(keyId)}`].includes(name)

/** Whether both are the same CMK, however often it wrapped. */
export const isSameKey = (a: Recipient, b: Recipient): boolean =>
  a.provider === b.provider && a.region === b.region && a.keyId === b.keyId

/** Whether both are opened by the same CMKs, as many of them. */
export const haveSameKeys = (a: Header, b: Header): boolean =>
  a.threshold === b.threshold &&
  a.recipients.length === b.recipients.length &&
  a.recipients.every((one) => b.recipients.some((other) => isSameKey(one, other)))

/** The options without the removal of those who are no recipients. Null when there is nothing else in them. */
export function withoutStrangers({ recipients }: Header, options: RewrapOptions): RewrapOptions | null {
  const { keys, add = [], remove = [] } = options
  const there = remove.filter((name) => recipients.some((recipient) => isNamed(name, recipient)))
  return keys === undefined && add.length === 0 && there.length === 0 ? null : { ...options, remove: there }
}
