import { open } from 'node:fs/promises'
import { fileSource, type Header, openedSize, parseHeader, readHeader, splitHeader } from '@hufu/crypto'
import type { EncryptionContext } from '@hufu/wire'
import type { Stream } from './data.ts'

/** What a message shows to anybody. Nothing of it is proven before the message is opened. */
export interface Inspection {
  readonly formatVersion: 1
  readonly suite: 'AES-256-GCM' | 'SM4-GCM'
  readonly segmentSize: number
  readonly context: EncryptionContext
  /** How many recipients it takes to open it. */
  readonly threshold: number
  readonly recipients: readonly { readonly provider: string; readonly region: string; readonly keyId: string }[]
  readonly headerSize: number
  /** Bytes of the plaintext; null when the message's size is not known, or not one that a message can have. */
  readonly plaintextSize: number | null
}

/** Reads a message's header, without any key. A stream is read to its header and ended. Throws `DecryptionError`. */
export async function inspect(sealed: Uint8Array | Stream): Promise<Inspection> {
  if (sealed instanceof Uint8Array) return inspection(parseHeader(sealed), sealed.length)
  const { header, close } = await splitHeader(sealed)
  await close()
  return inspection(header, null)
}

/** As `inspect`, of a file. */
export async function inspectFile(file: string): Promise<Inspection> {
  const handle = await open(file)
  try {
    const source = await fileSource(handle)
    return inspection(await readHeader(source), source.size)
  } finally {
    await handle.close()
  }
}

const inspection = (header: Header, messageSize: number | null): Inspection => ({
  formatVersion: 1,
  suite: header.suite.aead,
  segmentSize: header.segmentSize,
  context: header.context,
  threshold: header.threshold,
  recipients: header.recipients.map(({ provider, region, keyId }) => ({ provider, region, keyId })),
  headerSize: header.bytes.length,
  plaintextSize: messageSize === null ? null : openedSize(header.bytes.length, messageSize, header.segmentSize),
})
