import { z } from 'zod'
import { pageOf } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import { type Action, action, type WireForm } from '../action.ts'
import { unserved } from '../common-fields.ts'

export const CAM_VERSION = '2019-01-16'

export const number = integer(1, 999_999_999_999)
export const name = z.string().min(1).max(64)
export const remark = z.string().max(1_000).optional()
export const document = z.string().min(1).max(40_000)

/** `2026-01-02 03:04:05`, UTC. */
export const time = (milliseconds: number): string =>
  new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')

export const paging = { Page: integer(1, 100_000).default(1), Rp: integer(1, 200).default(20) }

export const camPage = <T>(items: readonly T[], { Page, Rp }: { readonly Page: number; readonly Rp: number }) =>
  pageOf(items, { offset: (Page - 1) * Rp, limit: Rp }).page

/** People sign in to the console with access keys: there are no passwords, telephones or mails here. */
export const person = {
  ConsoleLogin: unserved('a password', (value) => value === 0),
  NeedResetPassword: unserved('a password', (value) => value === 0),
  Password: unserved('a password', () => false),
  PhoneNum: unserved('a telephone number', (value) => value === ''),
  CountryCode: unserved('a telephone number', (value) => value === ''),
  Email: unserved('an e-mail address', (value) => value === ''),
}

type Row<Input, Output> = Pick<Action<Input, Output>, 'call' | 'changes'> &
  Pick<WireForm<Input, Output>, 'request' | 'answer'>

/** A row of CAM; its permission is the IAM action that does the same. */
export const camAction = <Input, Output>(camName: string, permission: string, row: Row<Input, Output>): Action =>
  action<Input, Output>({
    permission: `iam:${permission}`,
    changes: row.changes,
    call: row.call,
    tencent: { name: camName, version: CAM_VERSION, request: row.request, answer: row.answer },
  })

export const nothing = (): Record<string, never> => ({})
