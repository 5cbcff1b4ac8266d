import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { KeyPlace } from '../key-operations.ts'

/** Bytes of a marker that prove which list it is of. */
const SUM_SIZE = 8
const MARKER_MAX = 2_048

/** How the pages of one list are named to clients. */
export interface Markers<Place> {
  /** A marker as a request gives it. Refused with `InvalidMarker` unless an answer of this list gave it so. */
  readonly given: z.ZodType<Place>
  of(place: Place): string
}

/**
 * The markers of a list: the key of a page's last row behind a checksum over the list's name and the key, as
 * base64url. The checksum keeps no secret: it tells a mistake from a place.
 */
export function markersOf(list: string): Markers<string> {
  const sum = (key: Uint8Array) => createHash('sha256').update(list).update('\0').update(key).digest()
  const write = (key: Uint8Array) => Buffer.concat([sum(key).subarray(0, SUM_SIZE), key]).toString('base64url')
  const read = (text: string): string | null => {
    const key = Buffer.from(text, 'base64url').subarray(SUM_SIZE)
    return write(key) === text ? key.toString() : null
  }
  return { given: givenBy(read), of: (key) => write(Buffer.from(key)) }
}

const keyMarkers = markersOf('keys')

/** Those of lists in the order of the keys' making. */
export const keyPlaceMarkers: Markers<KeyPlace> = {
  given: keyMarkers.given.transform((key): KeyPlace => {
    const [createdAt = '', keyId = ''] = key.split(':')
    return { createdAt: Number(createdAt), keyId }
  }),
  of: ({ createdAt, keyId }) => keyMarkers.of(`${createdAt}:${keyId}`),
}

function givenBy(read: (text: string) => string | null): z.ZodType<string> {
  return z.string().transform((text, context): string => {
    const key = text.length > MARKER_MAX ? null : read(text)
    if (key !== null) return key
    context.addIssue({ code: 'custom', message: 'expected a marker', params: { code: 'InvalidMarker' } })
    return z.NEVER
  })
}

/** How an AWS answer says whether its list goes on, and where. */
export const truncation = <Place>(markers: Markers<Place>, next: Place | null): Record<string, unknown> =>
  next === null ? { Truncated: false } : { Truncated: true, NextMarker: markers.of(next) }
