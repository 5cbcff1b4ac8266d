import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nativeVolume } from '../src/mount/native.ts'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
beforeEach(async () => {
  volume = await mounted({}, { integrity: true })
})
afterEach(() => volume[Symbol.asyncDispose]())

const at = (...names: string[]) => join(volume.path, ...names)
const known = () => nativeVolume().knownCounts()

describe('what a server with integrity keeps in memory', () => {
  it('is of what is there, and of nothing that was', async () => {
    mkdirSync(at('stays'))
    writeFileSync(at('stays', 'file'), 'content')
    const before = known()
    expect(before).toEqual({ entries: 2, files: 1, directories: 2 })
    for (let i = 0; i < 200; i++) {
      mkdirSync(at(`dir ${i}`, 'deep'), { recursive: true })
      writeFileSync(at(`dir ${i}`, 'deep', 'file'), 'content')
    }
    expect(known()).toEqual({ entries: 602, files: 201, directories: 402 })
    for (let i = 0; i < 100; i++) renameSync(at(`dir ${i}`, 'deep', 'file'), at('stays', 'file'))
    for (let i = 0; i < 100; i++) renameSync(at(`dir ${i}`, 'deep'), at(`dir ${i}`, 'renamed'))
    for (let i = 0; i < 200; i++) rmSync(at(`dir ${i}`), { recursive: true })
    // A removed file is forgotten when the kernel says that nobody has it open.
    await expect.poll(known, { timeout: 60_000 }).toEqual(before)
    await volume.remount()
    expect(known()).toEqual(before)
  })
})
