import { z } from 'zod'
import type { ErrorCode } from '../error.ts'
import type { EncryptionContext } from '../key-service.ts'
import { parseJsonObject } from './json.ts'
import { refusal } from './parse.ts'

/** A key named by id, ARN or alias; what it names is the domain's to find. */
export const keyName = z.string().min(1).max(2048)

/**
 * Bytes as canonical base64 (RFC 4648 section 4: standard alphabet, padded, no spare bits), so that one
 * value has one text. Refused with `code`.
 */
export const base64 = (min: number, max: number, code: ErrorCode = 'InvalidParameter') =>
  z.string().transform((text, context): Uint8Array => {
    const bytes = Buffer.from(text, 'base64')
    if (bytes.length >= min && bytes.length <= max && bytes.toString('base64') === text) return bytes
    const message = `expected ${min} to ${max} bytes in base64`
    context.addIssue({ code: 'custom', message, params: { code } })
    return z.NEVER
  })

export const encodeBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')

/** Characters of a context as JSON. */
const CONTEXT_MAP_MAX = 8192
const CONTEXT_TEXT_MAX = 1024

/** The encryption context of the AWS dialect: an object of strings. */
export const contextMap: z.ZodType<EncryptionContext> = z
  .record(z.string().min(1), z.string())
  .refine((context) => JSON.stringify(context).length <= CONTEXT_MAP_MAX, {
    error: `expected a context of at most ${CONTEXT_MAP_MAX} characters of JSON`,
  })

/** The encryption context of the Tencent dialect: a JSON string of an object of strings, each name once. */
export const contextText = z
  .string()
  .max(CONTEXT_TEXT_MAX)
  .transform((text, context): EncryptionContext => {
    if (text === '') return {}
    try {
      const parsed = z.record(z.string().min(1), z.string()).safeParse(parseJsonObject(text))
      if (parsed.success) return parsed.data
    } catch {}
    context.addIssue('expected a JSON object of strings, each name once')
    return z.NEVER
  })

/** An integer, which a GET or a form sends as its digits. Refused with `code`. */
export const integer = (min: number, max: number, code: ErrorCode = 'InvalidParameter') =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,15}$/)
        .transform(Number),
    ])
    .refine(
      (value) => Number.isInteger(value) && value >= min && value <= max,
      refusal(code, `expected an integer from ${min} to ${max}`),
    )
