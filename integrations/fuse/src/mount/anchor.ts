import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { hasIntegrity, type VolumeHeader } from '../header/header.ts'

/**
 * Outside the volume: up to where its changes were known when it was mounted last, by which an older state of all of it is found.
 * Shape: `{ volume: its id, change: the number of the last one }`.
 */
const schema = z.object({ volume: z.string(), change: z.int().nonnegative() })

const fileOf = (folder: string, { id }: VolumeHeader): string => join(folder, `${id}.json`)

/** The least change that the volume must know; 0 where it was never mounted here, -1 where it has no integrity. */
export function leastChange(header: VolumeHeader, folder: string | undefined): number {
  if (!hasIntegrity(header)) return -1
  if (folder === undefined) return 0
  const text = readAnchor(fileOf(folder, header))
  return text === null ? 0 : schema.parse(JSON.parse(text)).change
}

function readAnchor(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Written whole or not at all. */
export function writeAnchor(header: VolumeHeader, folder: string | undefined, change: number): void {
  if (!hasIntegrity(header) || folder === undefined) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `${randomBytes(8).toString('hex')}.new`)
  writeFileSync(temporary, `${JSON.stringify({ volume: header.id, change })}\n`, { flag: 'wx', mode: 0o600 })
  renameSync(temporary, fileOf(folder, header))
}
