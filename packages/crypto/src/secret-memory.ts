import { markAsUntransferable } from 'node:worker_threads'
import { native } from './native.ts'

/** Bytes of the smallest piece; the others are powers of two. */
const SMALLEST = 64
/** Pieces of one size that wait before the oldest is used again. */
const QUARANTINE = 64

const vacant = new Map<number, ArrayBuffer[]>()

/** Zeroed memory for a key: the addon's, locked and left out of core dumps, or without the addon V8's own. */
export function takeMemory(size: number): Uint8Array {
  const room = roomFor(size)
  const waiting = vacant.get(room)
  const buffer = waiting !== undefined && waiting.length > QUARANTINE ? waiting.shift() : undefined
  return new Uint8Array(buffer ?? newMemory(room), 0, size)
}

/** Zeroises the bytes and keeps their memory for other keys. */
export function returnMemory(bytes: Uint8Array): void {
  bytes.fill(0)
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer)) return
  const waiting = vacant.get(buffer.byteLength) ?? []
  waiting.push(buffer)
  vacant.set(buffer.byteLength, waiting)
}

/** The addon's memory is untransferable by itself; marked again, Node 24 could not let go of it at the end of a thread. */
function newMemory(room: number): ArrayBuffer {
  const locked = native?.secretMemory(room)
  if (locked) return locked
  const buffer = new ArrayBuffer(room)
  markAsUntransferable(buffer)
  return buffer
}

function roomFor(size: number): number {
  return Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(Math.max(1, size))))
}
