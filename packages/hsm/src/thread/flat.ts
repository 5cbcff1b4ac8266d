import type { KeyMaterial } from '@hufu/kms'
import { joined } from './joined.ts'
import type { Answer, Call } from './messages.ts'

/** Many calls or answers of one kind: what is no bytes as a row of numbers and texts, the bytes in one memory. */
export interface Flat {
  readonly heads: readonly (number | string)[]
  readonly memory: Uint8Array<ArrayBuffer>
}

/** What nearly every call is: an object for each of its parts would cost more than the token's work. */
export interface AeadCall extends Call {
  readonly method: 'seal' | 'open'
  readonly input: readonly [key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array]
}

export const isAead = (call: Call): call is AeadCall => call.method === 'seal' || call.method === 'open'

export interface BytesAnswer {
  readonly call: number
  readonly output: Uint8Array
}

export const isBytesAnswer = (answer: Answer): answer is BytesAnswer =>
  'output' in answer && answer.output instanceof Uint8Array

/** Per call: number, backend, method, key id, spec; sizes of the wrapped key, the nonce, the associated data, the data. */
const CALL_HEAD = 9

export function flatCalls(calls: readonly AeadCall[]): Flat {
  const heads: (number | string)[] = []
  const parts: Uint8Array[] = []
  for (const { call, backend, method, input } of calls) {
    const [{ id, spec, wrapped }, nonce, aad, data] = input
    heads.push(call, backend, method, id, spec, wrapped.length, nonce.length, aad.length, data.length)
    parts.push(wrapped, nonce, aad, data)
  }
  return { heads, memory: joined(parts) }
}

/** The calls again; their bytes are views of the memory. */
export function callsOf({ heads, memory }: Flat): readonly Call[] {
  const calls: Call[] = []
  let at = 0
  const bytes = (head: number): Uint8Array => {
    const start = at
    at += Number(heads[head])
    return memory.subarray(start, at)
  }
  for (let head = 0; head < heads.length; head += CALL_HEAD) {
    const key = { id: heads[head + 3], spec: heads[head + 4], wrapped: bytes(head + 5) }
    const input = [key, bytes(head + 6), bytes(head + 7), bytes(head + 8)]
    calls.push({ call: heads[head], backend: heads[head + 1], method: heads[head + 2], input } as Call)
  }
  return calls
}

/** Per answer: the call's number, the size. */
export function flatAnswers(answers: readonly BytesAnswer[]): Flat {
  const heads: number[] = []
  for (const { call, output } of answers) heads.push(call, output.length)
  return { heads, memory: joined(answers.map(({ output }) => output)) }
}

/** The answers again, with bytes of their own; the memory is zeroised. */
export function answersOf({ heads, memory }: Flat): readonly BytesAnswer[] {
  const answers: BytesAnswer[] = []
  let at = 0
  for (let head = 0; head < heads.length; head += 2) {
    const end = at + Number(heads[head + 1])
    answers.push({ call: Number(heads[head]), output: memory.slice(at, end) })
    at = end
  }
  memory.fill(0)
  return answers
}
