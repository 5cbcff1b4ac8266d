import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Secret } from '../src/index.ts'

describe('a secret', () => {
  test('takes the bytes and leaves zeros', () => {
    const source = Uint8Array.of(1, 2, 3)
    using secret = Secret.take(source)
    expect([...source]).toEqual([0, 0, 0])
    expect([...secret.bytes()]).toEqual([1, 2, 3])
    expect(secret.size).toBe(3)
  })

  test.each([0, 1, 63, 64, 65, 2400, 65_536, 65_537, 1_000_000])('may have %i bytes', (size) => {
    using secret = Secret.random(size)
    expect(secret.bytes()).toHaveLength(size)
    if (size > 60) expect(new Set(secret.bytes()).size).toBeGreaterThan(10)
  })

  test('is never printed', () => {
    using secret = Secret.take(Uint8Array.of(222, 173, 190, 239))
    for (const text of [`${secret}`, JSON.stringify({ secret }), inspect({ secret }, { showHidden: true })]) {
      expect(text).toContain('[Secret]')
      expect(text).not.toMatch(/222|de ?ad/)
    }
    expect(Object.keys(secret)).toEqual([])
    expect(structuredClone({ ...secret })).toEqual({})
  })

  test('is zeroised and unusable after dispose, which may be repeated', () => {
    const secret = Secret.random(32)
    const bytes = secret.bytes()
    secret[Symbol.dispose]()
    secret[Symbol.dispose]()
    expect(bytes.every((byte) => byte === 0)).toBe(true)
    expect(() => secret.bytes()).toThrow(TypeError)
    expect(() => secret.size).toThrow(TypeError)
  })

  test('does not share its memory with another live one', () => {
    for (let round = 0; round < 5; round++) {
      const all = Array.from({ length: 200 }, (_, i) => Secret.take(new Uint8Array(32).fill(i)))
      all.forEach((secret, i) => {
        expect(secret.bytes().every((byte) => byte === i)).toBe(true)
      })
      for (const secret of all) secret[Symbol.dispose]()
    }
  })

  test('can not be taken away by a transfer', () => {
    using secret = Secret.take(Uint8Array.of(1, 2, 3))
    const { buffer } = secret.bytes()
    try {
      if (buffer instanceof ArrayBuffer) structuredClone(buffer, { transfer: [buffer] })
    } catch (error) {
      expect(error).toMatchObject({ name: 'DataCloneError' })
    }
    expect([...secret.bytes()]).toEqual([1, 2, 3])
  })
})

/**
 * Looks through all memory of its parent, this process, for the key whose bytes it gets under a mask, so that nothing
 * but the secret ever holds them here. Prints the kernel's flags of each region that has it: `dd` is left out of core
 * dumps, `lo` is locked.
 */
const search = `
  const { closeSync, openSync, readFileSync, readSync } = require('node:fs')
  const [pid, masked] = process.argv.slice(1)
  const needle = Buffer.from(masked, 'hex').map((byte) => byte ^ 0x5a)
  const memory = openSync('/proc/' + pid + '/mem', 'r')
  const found = []
  for (const region of readFileSync('/proc/' + pid + '/smaps', 'utf8').split(/\\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
    const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(region) ?? []
    if (start === undefined || /\\[v(var|dso|syscall)/.test(region)) continue
    const bytes = Buffer.alloc(parseInt(end, 16) - parseInt(start, 16))
    try { readSync(memory, bytes, 0, bytes.length, parseInt(start, 16)) } catch { continue }
    if (bytes.includes(needle)) found.push(/VmFlags: (.*)/.exec(region)[1].trim().split(' '))
  }
  console.log(JSON.stringify(found))`

function regionsHolding(masked: string): string[][] {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', search, String(process.pid), masked], {
    encoding: 'utf8',
  })
  if (stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout)
}

test('is in memory that is left out of core dumps, and nowhere after dispose', () => {
  const secret = Secret.random(32)
  const masked = Buffer.from(secret.bytes().map((byte) => byte ^ 0x5a)).toString('hex')
  const holding = regionsHolding(masked)
  expect(holding).toHaveLength(1)
  expect(holding[0]).toContain('dd')
  secret[Symbol.dispose]()
  expect(regionsHolding(masked)).toEqual([])
})
