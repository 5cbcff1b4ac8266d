import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MANIFEST_ENTRY_SIZE,
  MANIFEST_HEAD_SIZE,
  manifestSize,
  PART_SIZE_MIN,
  PARTS_MAX,
  plaintextSize,
  sealedPartSize,
  storedSize,
  TRAILER_SIZE,
  tailSizeMax,
} from '../src/format/size.ts'

const MiB = 1024 * 1024
const TiB = 1024 ** 4

describe('canonical size', () => {
  it.each([
    [0, 272],
    [1, 273],
    [5_000, 5_272],
    [65_537, 65_825],
    [5 * MiB + 1, 5_244_561],
    [10 * MiB + 5_000, 10_493_848],
  ])('%d plaintext bytes are %d stored, as the format page says', (size, stored) => {
    expect(storedSize(size)).toBe(stored)
    expect(plaintextSize(stored)).toBe(size)
  })

  it('gives the worked manifest of three parts', () => {
    expect(manifestSize([5 * MiB, 5 * MiB, 5_000])).toBe(352)
    expect(manifestSize([5 * MiB + 1])).toBe(288)
  })

  it('is strictly increasing', () => {
    for (let size = 0; size < 300_000; size++) if (storedSize(size + 1) <= storedSize(size)) expect.fail(`at ${size}`)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * TiB }), (size) => storedSize(size + 1) > storedSize(size)),
      { numRuns: 5_000 },
    )
  })

  it('has an inverse, and no other size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 * TiB }), (size) => {
        expect(plaintextSize(storedSize(size))).toBe(size)
        if (storedSize(size + 1) > storedSize(size) + 1) expect(plaintextSize(storedSize(size) + 1)).toBeNull()
      }),
      { numRuns: 5_000 },
    )
    for (let stored = 0; stored < 272; stored++) expect(plaintextSize(stored)).toBeNull()
  })

  const need = (count: number) => MANIFEST_HEAD_SIZE + MANIFEST_ENTRY_SIZE * count + 16
  const legalParts = fc
    .tuple(
      fc.array(fc.oneof(fc.constant(PART_SIZE_MIN), fc.integer({ min: PART_SIZE_MIN, max: 64 * MiB })), {
        maxLength: 40,
      }),
      fc.integer({ min: 0, max: 6 * MiB }),
    )
    .map(([full, last]) => [...full, last])

  it('has room for the manifest of every legal split', () => {
    fc.assert(
      fc.property(legalParts, (parts) => {
        expect(manifestSize(parts)).toBeGreaterThanOrEqual(need(parts.length))
        const size = parts.reduce((sum, part) => sum + part, 0)
        expect(manifestSize(parts) + TRAILER_SIZE).toBeLessThanOrEqual(tailSizeMax(size))
      }),
      { numRuns: 20_000 },
    )
  })

  it('has room at the edge of 10,000 parts, and of 5 TiB', () => {
    for (const part of [PART_SIZE_MIN, PART_SIZE_MIN + 1, Math.floor((5 * TiB) / PARTS_MAX)]) {
      for (const last of [0, 1, part]) {
        const parts = [...new Array<number>(PARTS_MAX - 1).fill(part), last]
        expect(manifestSize(parts)).toBeGreaterThanOrEqual(need(PARTS_MAX))
      }
    }
  })

  it('of a part is its head, its segments and their tags', () => {
    expect(sealedPartSize(0)).toBe(48)
    expect(sealedPartSize(65_537)).toBe(32 + 65_537 + 32)
  })
})
