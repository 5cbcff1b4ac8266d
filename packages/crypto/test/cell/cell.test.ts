import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  blindIndex,
  CELL_NAME_MAX,
  CellKey,
  type CellKeyOptions,
  cellSize,
  DecryptionError,
  parseCell,
  Secret,
  suites,
} from '../../src/index.ts'
import { testedSuites } from '../suites.ts'

const columnId = new Uint8Array(16).fill(7)
const filled = (byte: number): Secret => Secret.take(new Uint8Array(32).fill(byte))
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const hexText = (cell: Uint8Array): string => `\\x${Buffer.from(cell).toString('hex')}`
const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

describe.each(testedSuites)('cells of $aead', (suite) => {
  const options: CellKeyOptions = { suite, columnId, dataKeyNumber: 3, dataKey: filled(1), tenant: 'acme' }
  const key = new CellKey(options)
  const index = blindIndex(suite.hash, filled(9), bytes('x'))
  const sealOne = (plaintext: Uint8Array, blind: Uint8Array | null, rowId: string | null): Uint8Array => {
    const [cell] = key.seal([{ plaintext, blindIndex: blind, rowId }])
    if (cell === undefined) throw new Error('no cell')
    return cell
  }

  test.each([
    [0, 53, 69],
    [1, 54, 70],
    [5000, 5053, 5069],
  ])('a plaintext of %i bytes has a cell of %i, with an index %i', (size, plain, indexed) => {
    expect(cellSize(size, false)).toBe(plain)
    expect(cellSize(size, true)).toBe(indexed)
    expect(sealOne(new Uint8Array(size), null, null)).toHaveLength(plain)
    expect(sealOne(new Uint8Array(size), index, null)).toHaveLength(indexed)
  })

  test('cells open to what was sealed, in order', () => {
    const value = fc.record({
      plaintext: fc.uint8Array({ maxLength: 100 }),
      indexed: fc.boolean(),
      rowId: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
    })
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const cells = key.seal(
          values.map(({ plaintext, indexed, rowId }) => ({ plaintext, blindIndex: indexed ? index : null, rowId })),
        )
        const opened = key.open(cells.map((cell, i) => ({ cell, rowId: values[i]?.rowId ?? null })))
        expect(opened).toEqual(values.map(({ plaintext }) => plaintext))
      }),
    )
  })

  test('any changed bit, any cut and any extension is refused', () => {
    for (const blind of [null, index]) {
      const cell = sealOne(bytes('secret'), blind, 'row')
      const refused = (changed: Uint8Array) =>
        expect(() => key.open([{ cell: changed, rowId: 'row' }])).toThrow(DecryptionError)
      for (let bit = 0; bit < cell.length * 8; bit++) refused(flip(cell, bit))
      for (let size = 0; size < cell.length; size++) refused(cell.subarray(0, size))
      refused(concat(cell, Uint8Array.of(0)))
      expect(key.open([{ cell, rowId: 'row' }])).toEqual([bytes('secret')])
    }
  })

  test.each<[string, Partial<CellKeyOptions>]>([
    ['column', { columnId: new Uint8Array(16).fill(8) }],
    ['data key number', { dataKeyNumber: 4 }],
    ['data key', { dataKey: filled(2) }],
    ['tenant', { tenant: 'acm' }],
  ])('a cell of another %s is refused', (_, other) => {
    const cell = sealOne(bytes('secret'), null, null)
    using elsewhere = new CellKey({ ...options, ...other })
    expect(() => elsewhere.open([{ cell }])).toThrow(DecryptionError)
  })

  test('a cell with its column id and key number rewritten is refused by that column', () => {
    const cell = sealOne(bytes('secret'), null, null)
    cell.set(new Uint8Array(16).fill(8), 1)
    using elsewhere = new CellKey({ ...options, columnId: new Uint8Array(16).fill(8) })
    expect(() => elsewhere.open([{ cell }])).toThrow(DecryptionError)
  })

  test('a cell by itself is as one of many, and its index may be made with it', () => {
    const indexKey = filled(9)
    const writer = () => new CellKey({ ...options, unsafeDrawSession: () => new Uint8Array(12).fill(5) })
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom('none', 'given', 'made'),
        fc.option(fc.string({ unit: 'grapheme', maxLength: 600 })),
        (plaintext, how, rowId) => {
          using together = writer()
          using alone = writer()
          using made = writer()
          const blind = how === 'none' ? null : blindIndex(suite.hash, indexKey, plaintext)
          const value = { plaintext, blindIndex: blind, rowId }
          const expected = together.seal([value, value])
          expect([...alone.seal([value]), ...alone.seal([value])]).toEqual(expected)
          if (how !== 'made') return
          expect(made.seal([{ plaintext, indexKey, rowId }])).toEqual(expected.slice(0, 1))
          expect(made.seal([{ plaintext, indexKey, rowId }, value])[0]).toEqual(expected[1])
        },
      ),
    )
  })

  test('a large cell by itself opens', () => {
    for (const size of [8100, 8192, 70_000]) {
      const plaintext = new Uint8Array(size).fill(size)
      const cells = key.seal([{ plaintext, indexKey: filled(9) }])
      expect(parseCell(cells[0] ?? bytes('')).blindIndex).toEqual(
        new Uint8Array(blindIndex(suite.hash, filled(9), plaintext)),
      )
      expect(key.open(cells.map((cell) => ({ cell })))).toEqual([plaintext])
    }
  })

  test('cells open from text to text as from bytes to bytes', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.constantFrom('', 'x'.repeat(8139), '虎'.repeat(4000)),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 9 }), fc.boolean(), (values, oneSession) => {
        using writer = new CellKey(options)
        const cells = values.map(([plain, indexed]) => {
          if (!oneSession) writer.renewSession()
          return writer.seal([{ plaintext: bytes(plain), blindIndex: indexed ? index : null }])[0] ?? bytes('')
        })
        expect(key.openTexts(cells.map(hexText))).toEqual(values.map(([plain]) => Buffer.from(plain).toString()))
      }),
    )
  })

  test('any changed character of a text of a cell is refused, and what is no text of bytes', () => {
    const [whole = ''] = key.seal([{ plaintext: bytes('secret'), blindIndex: index }]).map(hexText)
    const other = hexText(sealOne(bytes('other'), null, null))
    const refused = (text: string) => {
      expect(() => key.openTexts([text])).toThrow(DecryptionError)
      expect(() => key.openTexts([other, text, other])).toThrow(DecryptionError)
    }
    for (let at = 0; at < whole.length; at++)
      for (const digit of [whole[at] === '0' ? '1' : '0', 'g', '\u0100'])
        refused(whole.slice(0, at) + digit + whole.slice(at + 1))
    for (let size = 0; size < whole.length; size++) refused(whole.slice(0, size))
    for (const text of [`${whole}00`, `${whole}0`, ` ${whole}`, hexText(sealOne(bytes('v'), null, 'row'))])
      refused(text)
    expect(key.openTexts([whole, other])).toEqual(['secret', 'other'])
    expect(key.openTexts([])).toEqual([])
  })

  test('an index key of another size is a TypeError', () => {
    using short = Secret.random(16)
    expect(() => key.seal([{ plaintext: bytes('v'), indexKey: short }])).toThrow(TypeError)
    expect(() => key.seal([{ plaintext: bytes('v'), indexKey: short }, { plaintext: bytes('v') }])).toThrow(TypeError)
  })

  test('row ids are told apart, the empty one from none', () => {
    const ids = [null, '', 'a', 'b'] as const
    for (const sealedFor of ids)
      for (const openedFor of ids) {
        const cell = sealOne(bytes('v'), null, sealedFor)
        const open = () => key.open([{ cell, rowId: openedFor }])
        if (sealedFor === openedFor) expect(open()).toEqual([bytes('v')])
        else expect(open).toThrow(DecryptionError)
      }
  })

  test('tenant and row id cannot run into each other', () => {
    using ab = new CellKey({ ...options, tenant: 'ab' })
    using a = new CellKey({ ...options, tenant: 'a' })
    const cells = ab.seal([{ plaintext: bytes('v'), rowId: 'c' }])
    expect(() => a.open(cells.map((cell) => ({ cell, rowId: 'bc' })))).toThrow(DecryptionError)
  })

  test('one bad cell of many releases none', () => {
    const cells = key.seal([{ plaintext: bytes('a') }, { plaintext: bytes('b') }])
    expect(() => key.open(cells.map((cell, i) => ({ cell: i === 1 ? flip(cell, 300) : cell })))).toThrow(
      DecryptionError,
    )
  })

  test('a writer counts its cells; a renewed session is another', () => {
    using writer = new CellKey(options)
    const heads = writer.seal([1, 2, 3].map(() => ({ plaintext: bytes('v') }))).map(parseCell)
    expect(heads.map(({ counter }) => counter)).toEqual([0, 1, 2])
    expect(new Set(heads.map(({ session }) => Buffer.from(session).toString('hex'))).size).toBe(1)
    writer.renewSession()
    const after = writer.seal([{ plaintext: bytes('v') }]).map(parseCell)
    expect(after[0]?.counter).toBe(0)
    expect(after[0]?.session).not.toEqual(heads[0]?.session)
  })

  test('cells of many writers open together', () => {
    const cells = Array.from({ length: 200 }, (_, i) => {
      using writer = new CellKey(options)
      return writer.seal([{ plaintext: Uint8Array.of(i) }]).map((cell) => ({ cell }))
    }).flat()
    const opened = key.open([...cells, ...cells.slice(0, 10)])
    expect(opened.map(([byte]) => byte)).toEqual([...Array(200).keys(), ...Array(10).keys()])
  })
})

test('text is never taken for a cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 60 }), (text) => {
      expect(() => parseCell(bytes(text))).toThrow(DecryptionError)
    }),
  )
})

test.each<[string, Partial<CellKeyOptions>]>([
  ['a column id of 15 bytes', { columnId: new Uint8Array(15) }],
  ['a data key of 16 bytes', { dataKey: Secret.random(16) }],
  ['a negative number', { dataKeyNumber: -1 }],
  ['a number of 33 bits', { dataKeyNumber: 2 ** 32 }],
  ['a tenant that is too long', { tenant: 'a'.repeat(CELL_NAME_MAX + 1) }],
  ['a tenant that is no text', { tenant: '\ud800' }],
])('%s is a TypeError', (_, wrong) => {
  const right = {
    suite: suites.aes,
    columnId,
    dataKeyNumber: 2 ** 32 - 1,
    dataKey: filled(1),
    tenant: 'a'.repeat(CELL_NAME_MAX),
  }
  expect(() => new CellKey({ ...right, ...wrong })).toThrow(TypeError)
  expect(() => new CellKey(right).seal([{ plaintext: bytes('v') }])).not.toThrow()
})

test('a blind index of another size is a TypeError', () => {
  const key = new CellKey({ suite: suites.aes, columnId, dataKeyNumber: 0, dataKey: filled(1) })
  expect(() => key.seal([{ plaintext: bytes('v'), blindIndex: new Uint8Array(15) }])).toThrow(TypeError)
  expect(() => blindIndex('sha256', Secret.random(16), bytes('v'))).toThrow(TypeError)
})

function flip(source: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(source)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
