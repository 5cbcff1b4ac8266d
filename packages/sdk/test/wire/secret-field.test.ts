import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { fromBase64Bytes, toBase64Bytes } from '../../src/wire/base64-bytes.ts'
import { takePlaintext, withPlaintext } from '../../src/wire/secret-field.ts'

it.each([0, 1, 2, 3, 31, 32, 33, 4_096])('base64 of %i bytes is Node’s', (size) => {
  const bytes = randomBytes(size)
  const text = toBase64Bytes(bytes)
  expect(Buffer.from(text).toString()).toBe(bytes.toString('base64'))
  expect(Buffer.from(fromBase64Bytes(text)).equals(bytes)).toBe(true)
})

it.each(['A', 'AA', 'AAA', 'A===', 'AB==', 'AAB=', '====', 'AA=A', 'AAA*', 'AA\n=', 'AA=='.repeat(2)])(
  'refuses %j',
  (text) => {
    expect(() => fromBase64Bytes(Buffer.from(text))).toThrow('base64')
  },
)

it('takes the plaintext out of an answer and wipes it there', () => {
  const body = Buffer.from('{"KeyId":"k","Plaintext" : "AAEC","CiphertextBlob":"x"}')
  const { text, plaintext } = takePlaintext(body)
  expect(JSON.parse(text)).toEqual({ KeyId: 'k', Plaintext: '', CiphertextBlob: 'x' })
  expect(plaintext).toEqual(Uint8Array.of(0, 1, 2))
  expect(body.includes('AAEC')).toBe(false)
})

it.each(['{}', '', '{"Plaintext":7}', '{"Plaintext":"AAEC', '{"Plaintext"', '{"a":"Plaintext"}'])(
  'leaves %j as it is',
  (text) => {
    expect(takePlaintext(Buffer.from(text))).toEqual({ text, plaintext: null })
  },
)

it('writes a plaintext among the parameters', () => {
  expect(JSON.parse(withPlaintext({ KeyId: 'k' }, Uint8Array.of(0, 1, 2)).toString())).toEqual({
    KeyId: 'k',
    Plaintext: 'AAEC',
  })
  expect(withPlaintext({}, new Uint8Array(0)).toString()).toBe('{"Plaintext":""}')
})
