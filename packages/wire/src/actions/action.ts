import type { z } from 'zod'
import type { KeyOperations } from '../key-operations.ts'

/** How one dialect names an action, reads its request and writes its answer. */
export interface WireForm<Input, Output> {
  /** The dialect's name of the action. */
  readonly name: string
  /** The version of the API that has it, where that is not KMS's own. */
  readonly version?: string
  /** From the request's parameters, JSON as received, to the domain's input. */
  readonly request: z.ZodType<Input>
  /** From the domain's output to the answer's JSON. */
  answer(output: Output, input: Input): Readonly<Record<string, unknown>>
}

/** What an action may know of the service that serves it. */
export interface Service {
  readonly region: string
}

/** One row of the action table: what can be asked of the KMS, in either dialect. */
export interface Action<Input = never, Output = unknown> {
  /** What policy grants and what the audit calls it. */
  readonly permission: `${string}:${string}`
  /** The parameter that names the key or other object, for the audit of requests that never reached the domain. */
  readonly subject?: string
  /** Whether it changes anything; what does not may be asked again at will. */
  readonly changes: boolean
  /** The server answers it without the domain, and so audits it. */
  readonly inServer?: true
  /** No signature is asked for: the request proves by itself who sends it. */
  readonly unsigned?: true
  call(keys: KeyOperations, input: Input, service: Service): Promise<Output>
  readonly tencent?: WireForm<Input, Output>
  readonly aws?: WireForm<Input, Output>
  /** AWS's query protocol, of IAM and STS. */
  readonly query?: WireForm<Input, Output>
}

/** A row whose input and output agree across domain and dialects; the table then forgets which they are. */
export const action = <Input, Output>(row: Action<Input, Output>): Action => row as unknown as Action
