import { z } from 'zod'
import type { KeyPlace } from '../key-operations.ts'

/** Where a page of an AWS list begins: the offset, as an opaque text that only a former answer gives. */
export const markerOf = (offset: number): string => Buffer.from(`offset:${offset}`).toString('base64url')

export const marker = z
  .string()
  .max(320)
  .transform((text, context): number => {
    const [, offset] = /^offset:(\d{1,12})$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
    if (offset !== undefined) return Number(offset)
    context.addIssue({ code: 'custom', message: 'expected a marker', params: { code: 'InvalidMarker' } })
    return z.NEVER
  })

/** The page and how to get the next, of `count` rows from `offset` out of `total`. */
export const truncation = (offset: number, count: number, total: number): Record<string, unknown> =>
  offset + count < total ? { Truncated: true, NextMarker: markerOf(offset + count) } : { Truncated: false }

/** Where a page of keys begins, as an opaque text that only a former answer gives. */
export const keyMarkerOf = ({ createdAt, keyId }: KeyPlace): string =>
  Buffer.from(`after:${createdAt}:${keyId}`).toString('base64url')

export const keyMarker = z
  .string()
  .max(320)
  .transform((text, context): KeyPlace => {
    const [, createdAt, keyId] = /^after:(\d{1,15}):([0-9a-z-]{1,64})$/.exec(decoded(text)) ?? []
    if (createdAt !== undefined && keyId !== undefined) return { createdAt: Number(createdAt), keyId }
    context.addIssue({ code: 'custom', message: 'expected a marker', params: { code: 'InvalidMarker' } })
    return z.NEVER
  })

/** Where a page of aliases begins. */
export const aliasMarkerOf = (alias: string): string => Buffer.from(`alias:${alias}`).toString('base64url')

export const aliasMarker = z
  .string()
  .max(1024)
  .transform((text, context): string => {
    const [, alias] = /^alias:(.{1,256})$/.exec(decoded(text)) ?? []
    if (alias !== undefined) return alias
    context.addIssue({ code: 'custom', message: 'expected a marker', params: { code: 'InvalidMarker' } })
    return z.NEVER
  })

const decoded = (text: string): string => Buffer.from(text, 'base64url').toString()
