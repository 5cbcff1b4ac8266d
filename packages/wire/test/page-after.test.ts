import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyPlaceMarkers, type Markers, markersOf } from '../src/actions/marker.ts'
import { orderedNumber, pageAfter } from '../src/page-after.ts'
import { parseWith } from '../src/schema/parse.ts'

const self = (key: string): string => key

describe('a page after a key', () => {
  it('shows every row that stays exactly once, whatever is made and deleted between pages', () => {
    const keys = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 30 })
    const change = fc.record({ made: fc.array(fc.string({ maxLength: 3 })), deleted: fc.array(fc.nat()) })
    fc.assert(
      fc.property(
        keys,
        fc.array(change),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('upwards' as const, 'downwards' as const),
        (first, changes, limit, order) => {
          const rows = new Set(first)
          const stayed = new Set(first)
          const seen: string[] = []
          let after: string | undefined
          for (let i = 0; ; i += 1) {
            const { page, next } = pageAfter([...rows], self, { after, limit }, order)
            expect(page.length).toBeLessThanOrEqual(limit)
            seen.push(...page)
            if (next === null) break
            after = next
            const { made = [], deleted = [] } = changes[i] ?? {}
            for (const at of deleted) {
              const gone = [...rows][at % Math.max(rows.size, 1)]
              if (gone !== undefined && rows.delete(gone)) stayed.delete(gone)
            }
            for (const one of made) rows.add(one)
          }
          expect(new Set(seen).size).toBe(seen.length)
          expect(seen).toEqual(expect.arrayContaining([...stayed]))
          const sorted = [...seen].sort()
          expect(seen).toEqual(order === 'upwards' ? sorted : sorted.reverse())
        },
      ),
    )
  })

  it('is in the order of numbers where its keys are numbers', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), (numbers) => {
        const { page } = pageAfter(numbers, orderedNumber, { limit: numbers.length })
        expect(page).toEqual(numbers.toSorted((a, b) => a - b))
      }),
    )
  })
})

const read = <Place>(markers: Markers<Place>, text: string): Place => parseWith(markers.given, text)
const refused = expect.objectContaining({ code: 'InvalidMarker' })

describe('a marker', () => {
  it('gives back its key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        expect(read(markersOf('a'), markersOf('a').of(key))).toBe(key)
      }),
    )
    const place = { createdAt: 1_800_000_000_000, keyId: 'mrk-1' }
    expect(read(keyPlaceMarkers, keyPlaceMarkers.of(place))).toEqual(place)
  })

  it('of another list, changed, cut or longer is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), fc.integer({ min: 1, max: 255 }), (key, at, flip) => {
        const marker = markersOf('a').of(key)
        expect(() => read(markersOf('b'), marker)).toThrow(refused)
        const bytes = Buffer.from(marker, 'base64url')
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip
        for (const text of [bytes.toString('base64url'), marker.slice(0, -1), `${marker}A`, `${marker}=`, ''])
          expect(() => read(markersOf('a'), text)).toThrow(refused)
      }),
    )
    expect(() => read(markersOf('a'), markersOf('a').of('x'.repeat(2_000)))).toThrow(refused)
  })
})
