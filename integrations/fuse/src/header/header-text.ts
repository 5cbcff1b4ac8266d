import { timingSafeEqual } from 'node:crypto'
import { hmac, type Secret } from '@hufu/crypto'
import { volumeSuite } from '../volume/volume-suite.ts'
import { VolumeError } from '../volume-error.ts'
import { headerSchema, type VolumeHeader } from './header.ts'

/** A header as it was read, before its MAC could be verified: the key to do that comes from one of its recipients. */
export interface UnverifiedHeader {
  readonly header: VolumeHeader
  /** Throws `DamagedHeader` unless this MAC key made the header's MAC. */
  verify(macKey: Secret): void
}

/** Both lines of the header. */
export function headerText(header: VolumeHeader, macKey: Secret): string {
  const line = JSON.stringify(headerSchema.parse(header))
  return `${line}\n${mac(line, header, macKey).toString('base64url')}\n`
}

/** Throws `DamagedHeader` where the text is none, `NewerFormat` where it is one of a later version. */
export function parseHeader(text: string): UnverifiedHeader {
  const [line = '', tag = '', rest] = text.split('\n')
  if (rest !== '' || !/^[\w-]{43}$/.test(tag)) throw new VolumeError('DamagedHeader', 'expected a header of two lines')
  const header = parseLine(line)
  return {
    header,
    verify(macKey) {
      // The texts, not their bytes: base64url has more than one text for these.
      if (timingSafeEqual(Buffer.from(mac(line, header, macKey).toString('base64url')), Buffer.from(tag))) return
      throw new VolumeError('DamagedHeader', 'the header is not authentic')
    },
  }
}

function parseLine(line: string): VolumeHeader {
  const value = parseJson(line)
  const parsed = headerSchema.safeParse(value)
  if (parsed.success) return parsed.data
  if (isNewer(value)) throw new VolumeError('NewerFormat', `expected version 1, received ${value.version}`)
  const [issue] = parsed.error.issues
  throw new VolumeError('DamagedHeader', `${issue?.path.join('.') || 'header'}: ${issue?.message ?? 'not valid'}`)
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new VolumeError('DamagedHeader', 'expected JSON in its first line', { cause })
  }
}

const isNewer = (value: unknown): value is { version: number } =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  typeof value.version === 'number' &&
  value.version > 1

const mac = (line: string, { suite }: VolumeHeader, key: Secret): Buffer =>
  Buffer.from(hmac(volumeSuite(suite).hash, key, Buffer.from(line)))
