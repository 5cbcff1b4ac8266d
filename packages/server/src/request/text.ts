import { isUtf8 } from 'node:buffer'
import { HufuError, parseJsonObject } from '@hufu/wire'

/** The parameters of a JSON body; an empty body is an object without any. Throws `MalformedRequest`. */
export function jsonParameters(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  if (!isUtf8(body)) throw new HufuError('MalformedRequest', 'expected JSON in UTF-8, received other bytes')
  return parseJsonObject(body.toString('utf8'))
}
