import { hash } from 'node:crypto'

/** Bytes of a hash of the tree. */
export const HASH_SIZE = 32

/** RFC 6962 section 2.1: the hash of the empty tree. */
export const EMPTY_ROOT: Uint8Array = hash('sha256', '', 'buffer')

/** RFC 6962 section 2.1: SHA-256(0x00 || text in UTF-8). */
export const leafHash = (text: string): Uint8Array => hash('sha256', `\0${text}`, 'buffer')

const scratch = Buffer.alloc(1 + 2 * HASH_SIZE, 1)

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  scratch.set(left, 1)
  scratch.set(right, 1 + HASH_SIZE)
  return hash('sha256', scratch, 'buffer')
}

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
