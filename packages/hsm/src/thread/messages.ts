import type { KeyBackend, KeySpec, ProtectionLevel } from '@hufu/kms'
import type { ErrorForm } from './error-form.ts'
import type { Flat } from './flat.ts'
import type { Packed } from './packed.ts'

/** What is called in the thread: the methods of a backend, and `start`, which makes one of its `BackendOptions`. */
export type Method = Exclude<keyof KeyBackend, 'description' | 'protection'> | 'start'

/** One of the values of a message to the thread. */
export interface Call {
  readonly call: number
  readonly backend: number
  readonly method: Method
  readonly input: readonly unknown[]
}

/** One of the values of a message from the thread. */
export type Answer =
  | { readonly call: number; readonly output: unknown }
  | { readonly call: number; readonly error: ErrorForm }

/** What `start` answers: all that a backend tells without being asked again. */
export interface Started {
  readonly description: string
  readonly protection: Readonly<Record<KeySpec, ProtectionLevel | null>>
}

/** What goes either way: the calls or the answers of one turn of the event loop. */
export interface Message {
  readonly flat: Flat
  readonly other: Packed
}
