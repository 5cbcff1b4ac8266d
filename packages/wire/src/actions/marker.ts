import { z } from 'zod'

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
