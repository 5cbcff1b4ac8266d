import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMountState } from '../src/index.ts'
import { type Served, served } from './support/served.ts'

/** How many entries a directory gets, and how many files are opened: 1,000,000 and 100,000 are what is promised. */
const ENTRIES = Number(process.env.HUFU_MANY_ENTRIES ?? 20_000)
const FILES = Number(process.env.HUFU_MANY_FILES ?? 5000)
const LARGEST_RESIDENT = 150 * 1_000_000

let volume: Served
const at = (...names: string[]) => join(volume.path, ...names)
beforeAll(async () => {
  volume = served()
  await volume.start()
})
// What is in it is deleted one by one.
afterAll(() => volume[Symbol.asyncDispose](), 600_000)

/** What the serving process has in memory, in bytes. */
function resident(): number {
  const { pid } = readMountState(volume.backing) ?? {}
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

describe('many', { timeout: 600_000 }, () => {
  it(`entries of a directory, ${ENTRIES}: each is listed once and found by another server, and all are removed`, async () => {
    mkdirSync(at('many'))
    for (let i = 0; i < ENTRIES; i++) closeSync(openSync(at('many', `entry ${i}`), 'wx'))
    await volume.stop()
    await volume.start()
    const names = readdirSync(at('many'))
    expect(names.length).toBe(ENTRIES)
    expect(new Set(names).size).toBe(ENTRIES)
    expect(names.every((name) => /^entry \d+$/.test(name))).toBe(true)
    for (const i of [0, ENTRIES >> 1, ENTRIES - 1]) expect(statSync(at('many', `entry ${i}`)).size).toBe(0)
    expect(() => statSync(at('many', `entry ${ENTRIES}`))).toThrow('ENOENT')
    rmSync(at('many'), { recursive: true })
    expect(readdirSync(volume.path)).toEqual([])
  })

  it(`files opened and closed, ${FILES}: the server stays under 150 MB`, () => {
    const path = (i: number) => at(`files ${i % 10}`, `file ${i}`)
    for (let i = 0; i < 10; i++) mkdirSync(at(`files ${i}`))
    for (let i = 0; i < FILES; i++) writeFileSync(path(i), `content ${i}`)
    for (let i = 0; i < FILES; i += 7) expect(readFileSync(path(i), 'utf8')).toBe(`content ${i}`)
    const bytes = resident()
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(LARGEST_RESIDENT)
  })
})
