import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBlock } from '../../src/policy/address.ts'
import { wildcard } from '../../src/policy/wildcard.ts'

describe('wildcards', () => {
  it('match as the regular expression of the same meaning', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (pattern, text) => {
        const source = pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')
        expect(wildcard(pattern)(text)).toBe(new RegExp(`^${source}$`).test(text))
      }),
      { numRuns: 5_000 },
    )
  })

  it('are not slow on what is slow for backtracking', () => {
    const text = 'a'.repeat(8_192)
    expect(wildcard(`${'a*'.repeat(1_000)}b`)(text)).toBe(false)
    expect(wildcard(`${'a?*'.repeat(600)}b*`)(text)).toBe(false)
    expect(wildcard(`*${'a'.repeat(1_000)}?b*`)(text)).toBe(false)
  })
})

describe('address blocks', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['10.1.2.3/31', '10.1.2.2', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/33', '2001:db8:7fff::1', true],
    ['2001:db8::/33', '2001:db8:8000::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['::/0', 'in-process', false],
  ])('%s has %s: %s', (block, address, inside) => {
    expect(addressBlock(block)?.(address)).toBe(inside)
  })

  it.each(['', '10.0.0', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '::/129', '::1/1/1', 'fe80::1%eth0', '10.0.0.256'])(
    '%j is none',
    (text) => {
      expect(addressBlock(text)).toBeNull()
    },
  )
})
