import { describe, expect, test } from 'vitest'
import { CellKey, cellSize, cellTokens, DecryptionError, parseCell, Secret, searchToken } from '../../src/index.ts'
import { testedSuites } from '../suites.ts'

const filled = (byte: number): Secret => Secret.take(new Uint8Array(32).fill(byte))
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const hexText = (cell: Uint8Array): string => `\\x${Buffer.from(cell).toString('hex')}`
const words = ['b', 'a', 'b'].map((text) => ({ what: 'word', text }) as const)

describe.each(testedSuites)('cells with search tokens of $aead', (suite) => {
  const columnId = new Uint8Array(16).fill(7)
  const key = new CellKey({ suite, columnId, dataKeyNumber: 3, dataKey: filled(1), tenant: 'acme' })
  const tokens = cellTokens(suite.hash, filled(9), words)
  const seal = (indexed: boolean): Uint8Array => {
    const index = indexed ? { indexKey: filled(9) } : {}
    return key.seal([{ plaintext: bytes('b a b'), tokens, ...index }])[0] ?? bytes('')
  }

  test('equal terms give one token, and tokens ascend', () => {
    expect(tokens).toHaveLength(16)
    expect(Buffer.compare(tokens.subarray(0, 8), tokens.subarray(8))).toBe(-1)
    const prefix = searchToken(suite.hash, filled(9), { what: 'prefix', text: 'a' })
    expect(prefix).not.toEqual(searchToken(suite.hash, filled(9), { what: 'word', text: 'a' }))
  })

  test.each([false, true])('they stand before the ciphertext; with an index: %s', (indexed) => {
    const cell = seal(indexed)
    expect(cell).toHaveLength(cellSize(5, indexed, 16))
    expect(parseCell(cell).tokens).toEqual(tokens)
    expect(key.open([{ cell }])).toEqual([bytes('b a b')])
    const bare = key.seal([{ plaintext: bytes('bare') }])[0] ?? bytes('')
    expect(key.openTexts([hexText(bare), hexText(cell)])).toEqual(['bare', 'b a b'])
  })

  test('none is another thing than no tokens', () => {
    const [cell = bytes('')] = key.seal([{ plaintext: bytes('x'), tokens: new Uint8Array(0) }])
    expect(cell).toHaveLength(cellSize(1, false, 0))
    expect(parseCell(cell).tokens).toHaveLength(0)
  })

  test('any changed bit and any cut is refused', () => {
    const cell = seal(true)
    for (let bit = 0; bit < cell.length * 8; bit++) {
      const changed = cell.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => key.open([{ cell: changed }])).toThrow(DecryptionError)
    }
    for (let size = 0; size < cell.length; size++)
      expect(() => key.open([{ cell: cell.subarray(0, size) }])).toThrow(DecryptionError)
  })

  test('more tokens than a cell may have, or half of one, are refused', () => {
    for (const size of [4097 * 8, 12])
      expect(() => key.seal([{ plaintext: bytes(''), tokens: new Uint8Array(size) }])).toThrow(TypeError)
    expect(key.seal([{ plaintext: bytes(''), tokens: new Uint8Array(4096 * 8) }])).toHaveLength(1)
  })
})
