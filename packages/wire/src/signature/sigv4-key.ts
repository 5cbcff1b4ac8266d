import type { SigningScope } from '../authority.ts'
import { hmacSha256 } from './digest.ts'

/** `DATE/REGION/SERVICE/aws4_request`. */
export const scopeText = (scope: SigningScope): string => `${scope.date}/${scope.region}/${scope.service}/aws4_request`

/** The SigV4 signing key of one scope: 32 bytes that can check and make signatures there and nowhere else. */
export function sigV4SigningKey(secretAccessKey: string, scope: SigningScope): Uint8Array {
  const date = hmacSha256(`AWS4${secretAccessKey}`, scope.date)
  const region = hmacSha256(date, scope.region)
  const service = hmacSha256(region, scope.service)
  return hmacSha256(service, 'aws4_request')
}
