import type { Action } from './action.ts'
import { cryptography } from './cryptography.ts'
import { keys } from './keys.ts'

export { type Action, action, type WireForm } from './action.ts'
export { type RefusedAction, refusedAws, refusedTencent } from './refused.ts'

/** Everything that can be asked of the KMS: the server, docs/api.md, the console and the tests read this table. */
export const actions: readonly Action[] = [...keys, ...cryptography]
