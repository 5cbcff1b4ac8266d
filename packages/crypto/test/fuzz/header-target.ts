import {
  DecryptionError,
  HEADER_SIZE_MAX,
  type Header,
  parseHeader,
  verifyHeader,
  writeHeader,
} from '../../src/index.ts'
import { dataKey } from '../message/example.ts'

const MAC_SIZE = 32
const KEY = dataKey()

/** What became of an input. */
export type Outcome = 'refused' | 'parsed' | 'authentic'

/**
 * Gives an input to the header parser and checks what must hold: it is refused with the one error, or it is the one
 * canonical form of what it says, within every limit; and only a header that was made with the key is authentic.
 */
export function tryHeader(input: Uint8Array): Outcome {
  const header = refusedAsNull(() => parseHeader(input))
  if (header === null) return 'refused'
  if (header.bytes.length > HEADER_SIZE_MAX) throw new Error('a header above the limit was parsed')
  const made = remade(header)
  const same = Buffer.compare(made.subarray(0, -MAC_SIZE), header.bytes.subarray(0, -MAC_SIZE)) === 0
  if (!same) throw new Error('a header was parsed that is not in canonical form')
  const authentic = refusedAsNull(() => verifyHeader(header, KEY)) !== null
  if (authentic !== (Buffer.compare(made, header.bytes) === 0)) throw new Error('the MAC says another than the bytes')
  return authentic ? 'authentic' : 'parsed'
}

const remade = ({ bytes: _, salt, ...options }: Header): Uint8Array =>
  writeHeader(KEY, { ...options, unsafeSalt: salt }).header.bytes

function refusedAsNull<T>(attempt: () => T): T | null {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof DecryptionError) return null
    throw error
  }
}
