import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const CHUNK = 2 ** 24
const OVERLAP = 256

/** How often any of the patterns stands in what can be read of a running process's memory. */
export function occurrencesInProcess(pid: number, patterns: readonly Buffer[]): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
      .reduce((sum, area) => sum + (area === null ? 0 : occurrencesIn(memory, area, patterns)), 0)
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

const occurrencesIn = (memory: number, area: RegExpExecArray, patterns: readonly Buffer[]): number =>
  count(memory, Number.parseInt(area[1] ?? '', 16), Number.parseInt(area[2] ?? '', 16), patterns)

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
