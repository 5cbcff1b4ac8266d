import { S3Error } from '../error.ts'
import type { CheckedBody } from '../http/checked-body.ts'

/** Bytes of the largest XML document of a request: 10,000 parts, each with a long ETag and a checksum. */
export const TEXT_MAX = 8 * 1024 * 1024

/** A request's whole body as text, checked. Throws `MalformedXML` when it is too large, or not UTF-8. */
export async function readText({ size, bytes }: CheckedBody, max: number): Promise<string> {
  if (size > max) throw new S3Error('MalformedXML', `expected a document of at most ${max} bytes, received ${size}`)
  const chunks: Buffer[] = []
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk))
  const content = Buffer.concat(chunks)
  if (content.length !== size) throw new S3Error('IncompleteBody', `expected ${size} bytes, received ${content.length}`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(content)
  } catch (cause) {
    throw new S3Error('MalformedXML', 'expected a document in UTF-8', { cause })
  }
}
