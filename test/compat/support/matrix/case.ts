import type { ErrorCode } from '@hufu/wire'
import type { World } from './world.ts'

/** The parameters of a request; bytes are Buffers in the AWS dialect, and base64 in Tencent's. */
export type Parameters = Readonly<Record<string, unknown>>

/** One call by a real client, and what must come of it. */
export interface Case {
  readonly action: string
  /** What is special about it. */
  readonly of: string
  readonly outcome: 'ok' | ErrorCode
  request(world: World): Parameters | Promise<Parameters>
  /** What the answer must have in it; bytes are base64 in both dialects. */
  answer?(request: Parameters, world: World): Record<string, unknown>
}

/** What a client made of an answer: its error by the name that the client gives it. */
export type Outcome = { readonly answer: Record<string, unknown> } | { readonly error: string }

/** A real client, asked by the API's own names. */
export interface Client {
  /** Whether this version of the client has the action and each of the parameters. */
  knows(action: string, request: Parameters): boolean
  /** What the client itself does not let through is the error `refused by the client`. */
  call(action: string, request: Parameters): Promise<Outcome>
  close(): Promise<void>
}

export const REFUSED_BY_CLIENT = 'refused by the client'
