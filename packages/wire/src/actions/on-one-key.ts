import { z } from 'zod'
import type { KeyOperations } from '../key-operations.ts'
import { keyName } from '../schema/fields.ts'
import { type Action, action, type WireForm } from './action.ts'

export interface KeyInput {
  readonly keyId: string
}

/** A request that names a key and nothing else. */
export const keyRequest = z.strictObject({ KeyId: keyName }).transform(({ KeyId }): KeyInput => ({ keyId: KeyId }))

/** The form of an action that is asked with a key alone and answered with nothing. */
export const bareForm = (name: string): WireForm<KeyInput, void> => ({ name, request: keyRequest, answer: () => ({}) })

/** A change of one key that is asked with the key alone and answered with nothing, by its names in the dialects. */
export const changeOfKey = (
  permission: Action['permission'],
  names: { readonly tencent?: string; readonly aws?: string },
  change: (keys: KeyOperations, keyId: string) => Promise<void>,
): Action =>
  action<KeyInput, void>({
    permission,
    changes: true,
    call: (keys, { keyId }) => change(keys, keyId),
    ...(names.tencent === undefined ? {} : { tencent: bareForm(names.tencent) }),
    ...(names.aws === undefined ? {} : { aws: bareForm(names.aws) }),
  })
