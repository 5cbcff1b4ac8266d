import { SigV4ChunkChain, sha256Hex, sigV4SigningKey } from '@hufu/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChunkedOptions, decodeChunks } from '../src/http/aws-chunked.ts'
import { body, bytesOf } from './object-store.contract.ts'

const claim = {
  timestamp: '20261124T000000Z',
  scope: { date: '20261124', region: 'r', service: 's3' },
  signature: 'a'.repeat(64),
}
const key = sigV4SigningKey('secret', claim.scope)
const chain = () => new SigV4ChunkChain(claim, key)
const data = [Buffer.from('hello '), Buffer.alloc(70_000, 7), Buffer.from('\r\n0\r\n')]

/** A body as a client sends it. */
function encoded(signed: boolean, trailer: string | null): Buffer {
  const signer = chain()
  const parts = [...data, Buffer.alloc(0)].map((chunk) => {
    const signature = signed ? `;chunk-signature=${signer.chunk(sha256Hex(chunk))}` : ''
    const head = Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`)
    return chunk.length === 0 ? head : Buffer.concat([head, chunk, Buffer.from('\r\n')])
  })
  const line = trailer === null ? '' : `${trailer}\r\n`
  const seal = signed && trailer !== null ? `x-amz-trailer-signature:${signer.trailer(`${trailer}\n`)}\r\n` : ''
  return Buffer.concat([...parts, Buffer.from(`${line}${seal}\r\n`)])
}

const decode = async (bytes: readonly Buffer[], options: Partial<ChunkedOptions> = {}) => {
  const trailers = new Map<string, string>()
  const decoded = await bytesOf(decodeChunks(body(...bytes), { chain: null, trailer: false, ...options }, trailers))
  return { decoded, trailers }
}

describe('aws-chunked', () => {
  it.each([
    ['signed', true, null],
    ['signed with a trailer', true, 'x-amz-checksum-crc32:AAAAAA=='],
    ['unsigned with a trailer', false, 'x-amz-checksum-crc32:AAAAAA=='],
    ['unsigned', false, null],
  ])('%s is decoded however it is cut', async (_, signed, trailer) => {
    const bytes = encoded(signed, trailer)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        const { decoded, trailers } = await decode(pieces, {
          chain: signed ? chain() : null,
          trailer: trailer !== null,
        })
        expect(decoded.equals(Buffer.concat(data))).toBe(true)
        if (trailer !== null) expect(trailers.get('x-amz-checksum-crc32')).toBe('AAAAAA==')
      }),
      { numRuns: 50 },
    )
  })

  it('is refused with a wrong signature of a chunk, of the last one, or of the trailer', async () => {
    const bytes = encoded(true, 'x-amz-checksum-crc32:AAAAAA==')
    const text = bytes.toString('latin1')
    for (const match of text.matchAll(/signature[=:]([0-9a-f])/g)) {
      const changed = Buffer.from(bytes)
      const at = match.index + match[0].length - 1
      changed[at] = changed[at] === 0x30 ? 0x31 : 0x30
      await expect(decode([changed], { chain: chain(), trailer: true })).rejects.toMatchObject({
        code: 'SignatureDoesNotMatch',
      })
    }
  })

  it('is refused with changed data, and with chunks left out', async () => {
    const bytes = encoded(true, null)
    const changed = Buffer.from(bytes)
    changed[100] = 9
    changed[95] = 9
    await expect(decode([changed], { chain: chain() })).rejects.toMatchObject({
      code: expect.stringMatching(/SignatureDoesNotMatch|InvalidChunkSizeError/),
    })
    const second = bytes.indexOf('\r\nhello ') + 10
    await expect(decode([bytes.subarray(second)], { chain: chain() })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
  })

  it('is refused when it ends early', async () => {
    const bytes = encoded(false, null)
    for (const end of [0, 1, 3, 10, 1000, bytes.length - 5, bytes.length - 2, bytes.length - 1])
      await expect(decode([bytes.subarray(0, end)])).rejects.toMatchObject({ code: 'IncompleteBody' })
    await expect(decode([bytes, Buffer.from('x')])).rejects.toMatchObject({ code: 'IncompleteBody' })
  })

  it.each([
    ['x\r\n', 'no size'],
    ['5;chunk-signature=short\r\nhello\r\n0\r\n\r\n', 'a short signature'],
    ['5\r\nhelloX\r\n0\r\n\r\n', 'data longer than its size'],
    ['5\nhello\r\n0\r\n\r\n', 'a bare line feed'],
    ['ffffffffffffff\r\n', 'a size beyond all'],
    [`${'0'.repeat(5000)}\r\n`, 'a line without end'],
    ['0\r\nx-amz-meta-a:b\r\n\r\n', 'a trailer that was not announced'],
  ])('is refused with %j, %s', async (text) => {
    await expect(decode([Buffer.from(text)])).rejects.toMatchObject({ code: 'InvalidChunkSizeError' })
  })

  it('is refused with unsigned chunks where signed ones were announced', async () => {
    await expect(decode([encoded(false, null)], { chain: chain() })).rejects.toMatchObject({
      code: 'InvalidChunkSizeError',
    })
    const unsealed = encoded(true, null)
    await expect(decode([unsealed], { chain: chain(), trailer: true })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
  })
})
