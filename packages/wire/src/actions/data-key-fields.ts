import { z } from 'zod'
import { refusal } from '../schema/parse.ts'

export const dataKeyId = z
  .string()
  .refine((id) => id.length >= 1 && id.length <= 128, refusal('InvalidDataKeyId', 'expected the id of a data key'))

/** The rule of aliases, but for the reserved ones. */
export const dataKeyName = z
  .string()
  .refine(
    (name) => /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(name),
    refusal('InvalidDataKeyName', 'expected a name of 1 to 60 characters'),
  )

export const dataKeyDescription = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= 100, { error: 'expected at most 100 bytes' })
