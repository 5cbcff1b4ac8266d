import { z } from 'zod'
import { refusal } from '../schema/parse.ts'

/** Tencent's rule: 1 to 60 letters, digits, `-` and `_`, the first a letter or digit, not `kms-` in front. */
export const tencentAlias = z
  .string()
  .refine(
    (alias) => /^(?!kms-)[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(alias),
    refusal('InvalidAlias', 'expected an alias of 1 to 60 characters'),
  )

/** AWS's rule: `alias/` and 1 to 250 letters, digits, `-`, `_` and `/`; `alias/aws/` is the service's own. */
export const awsAlias = z
  .string()
  .refine(
    (name) => /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/.test(name),
    refusal('InvalidAlias', 'expected alias/ and 1 to 250 characters'),
  )
  .transform((name) => name.slice('alias/'.length))
