import { readFileSync } from 'node:fs'

/** A file of the repository's test/vectors. */
export const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../test/vectors/${name}`, import.meta.url), 'utf8')) as T

export const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
export const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')
