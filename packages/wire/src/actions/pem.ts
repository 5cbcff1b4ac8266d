import { encodeBase64 } from '../schema/fields.ts'

/** RFC 7468. */
export const pem = (label: string, der: Uint8Array): string => {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
