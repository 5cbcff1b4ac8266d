import { markAsUntransferable } from 'node:worker_threads'
import { checkApart, checkBytes, checkRoom } from './aead-arguments.ts'
import { unfilled } from './unfilled.ts'

/** What threads read and write while scripts go on. */
export interface LentMemory {
  readonly input: Uint8Array
  readonly out: Uint8Array
  /** The result, where the caller wants it. Throws `TypeError` when that memory was taken away meanwhile. */
  result(): Uint8Array
  /** Leaves no plaintext where the result would be. */
  discard(): void
}

/**
 * Memory for a call on threads, whose result has `size` bytes and goes to `into`. Where scripts can take an ArrayBuffer
 * away (`ArrayBuffer.prototype.transfer`, since Node 22) the threads never see the caller's: they have copies. Elsewhere
 * it is the caller's own, kept where it is. Throws `TypeError` as the calls without a thread do.
 */
export function lend(input: Uint8Array, into: Uint8Array | undefined, size: number, inPlace: boolean): LentMemory {
  checkFixed(input)
  if (into !== undefined) checkFixed(into)
  return 'transfer' in ArrayBuffer.prototype ? copies(input, into, size, inPlace) : own(input, into, size)
}

function own(input: Uint8Array, into: Uint8Array | undefined, size: number): LentMemory {
  const out = into ?? unfilled(size)
  for (const { buffer } of [input, out]) if (buffer instanceof ArrayBuffer) markAsUntransferable(buffer)
  return { input, out, result: () => out.subarray(0, size), discard: () => void out.fill(0, 0, size) }
}

function copies(input: Uint8Array, into: Uint8Array | undefined, size: number, inPlace: boolean): LentMemory {
  if (into !== undefined) {
    checkRoom(into, size)
    checkApart(input, into.subarray(0, size), inPlace)
  }
  const copy = unfilled(input.length)
  copy.set(input)
  const out = unfilled(size)
  const given = into ?? out
  const result = (): Uint8Array => {
    if (given.length < size) throw new TypeError('expected memory for the result that is not taken away meanwhile')
    if (given !== out) given.set(out)
    return given.subarray(0, size)
  }
  return { input: copy, out, result, discard: () => void given.fill(0, 0, size) }
}

function checkFixed(bytes: Uint8Array): void {
  checkBytes(bytes)
  const { buffer } = bytes
  if ('resizable' in buffer && buffer.resizable) throw new TypeError('expected memory that can not be resized')
}
