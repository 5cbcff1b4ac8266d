import { parseHeader } from './header.ts'

/** What a message shows to anybody. Nothing of it is proven before the message is opened. Throws `DecryptionError`. */
export function inspect(sealed: Uint8Array) {
  const { segmentSize, context, recipients, bytes } = parseHeader(sealed)
  return {
    segmentSize,
    context,
    recipients: recipients.map(({ provider, region, keyId }) => ({ provider, region, keyId })),
    headerSize: bytes.length,
  }
}
