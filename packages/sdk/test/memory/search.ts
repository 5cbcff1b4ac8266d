import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const CHUNK = 2 ** 24
const OVERLAP = 256

/** How often any of the patterns stands in what can be read of a running process's memory. */
export const occurrencesInProcess = (pid: number, patterns: readonly Buffer[]): number =>
  occurrencesInAreas(pid, areasOf(pid), patterns)

/** The same of what the kernel would write to a core dump: all but what was told to be left out of it. */
export function occurrencesDumped(pid: number, patterns: readonly Buffer[]): number {
  const dumped = areasOf(pid).filter(({ flags }) => !flags.includes('dd'))
  return occurrencesInAreas(pid, dumped, patterns)
}

interface Area {
  readonly start: number
  readonly end: number
  /** As in proc_pid_smaps(5): `dd` is what MADV_DONTDUMP sets. */
  readonly flags: readonly string[]
}

/** The areas that are read and written. */
function areasOf(pid: number): readonly Area[] {
  const areas = readFileSync(`/proc/${pid}/smaps`, 'utf8').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) rw[\s\S]*?^VmFlags: (.*)$/gm,
  )
  return Array.from(areas, ([, start = '', end = '', flags = '']) => ({
    start: Number.parseInt(start, 16),
    end: Number.parseInt(end, 16),
    flags: flags.split(' '),
  }))
}

function occurrencesInAreas(pid: number, areas: readonly Area[], patterns: readonly Buffer[]): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    return areas.reduce((sum, { start, end }) => sum + count(memory, start, end, patterns), 0)
  } finally {
    closeSync(memory)
  }
}

/** The same of a file. */
export function occurrencesInFile(file: string, patterns: readonly Buffer[]): number {
  const handle = openSync(file, 'r')
  try {
    return count(handle, 0, Number.MAX_SAFE_INTEGER, patterns)
  } finally {
    closeSync(handle)
  }
}

function count(handle: number, start: number, end: number, patterns: readonly Buffer[]): number {
  const buffer = Buffer.alloc(CHUNK + OVERLAP)
  let [found, kept] = [0, 0]
  for (let at = start; at < end; ) {
    const read = readSome(handle, buffer.subarray(kept), Math.min(CHUNK, end - at), at)
    if (read === 0) break
    const held = buffer.subarray(0, kept + read)
    found += patterns.filter((pattern) => held.includes(pattern)).length
    kept = Math.min(OVERLAP, held.length)
    held.copy(buffer, 0, held.length - kept)
    at += read
  }
  buffer.fill(0)
  return found
}

/** 0 for pages that were given back meanwhile. */
function readSome(handle: number, into: Buffer, size: number, at: number): number {
  try {
    return readSync(handle, into, 0, size, at)
  } catch {
    return 0
  }
}
