import { patterned } from '../changes.ts'
import { type Broken, fieldBreakages, fromHex, type GoldenFile, hex, pieceBreakages } from './artefact.ts'
import type { Implementation } from './implementations.ts'

export interface GoldenBlocks {
  readonly name: string
  readonly suite: 'aes' | 'gm'
  readonly blockSize: 4096 | 65536
  readonly contentKey: string
  readonly fileId: string
  readonly session: string
  /** Number of the first block. */
  readonly first: number
  /** Byte i of the plaintext is (31 i + 17 floor(i / 256) + floor(i / 65,536)) mod 256. */
  readonly plaintextSize: number
  readonly blocks: string
}

const base = {
  blockSize: 4096 as const,
  contentKey: '41'.repeat(32),
  fileId: '000102030405060708090a0b0c0d0e0f',
  session: '101112131415161718191a1b1c1d1e1f',
  first: 0,
  blocks: '',
}
const cases = [
  { name: 'one byte', plaintextSize: 1 },
  { name: '5,000 bytes', plaintextSize: 5_000 },
  { name: 'three blocks and one byte, far into a file', plaintextSize: 3 * 4096 + 1, first: 2 ** 40 },
  { name: 'large blocks', plaintextSize: 5_000, blockSize: 65536 as const },
]

export function makeBlocks(crypto: Implementation): GoldenFile<GoldenBlocks> {
  const good = (['aes', 'gm'] as const).flatMap((suite) =>
    cases.map((each) => {
      const recipe: GoldenBlocks = { ...base, ...each, name: `${suite}, ${each.name}`, suite }
      return { ...recipe, blocks: hex(sealGoldenBlocks(crypto, recipe)) }
    }),
  )
  return {
    comment: 'Volume blocks of format version 1, docs/formats/volume-block.md. Bytes are in hexadecimal.',
    good,
    broken: good.flatMap(breakages),
  }
}

export function sealGoldenBlocks(crypto: Implementation, recipe: GoldenBlocks): Uint8Array {
  using file = goldenFile(crypto, recipe)
  return file.seal(recipe.first, patterned(recipe.plaintextSize))
}

export const goldenFile = (crypto: Implementation, recipe: GoldenBlocks) =>
  new crypto.FileBlocks({
    suite: crypto.suites[recipe.suite],
    blockSize: recipe.blockSize,
    contentKey: crypto.Secret.take(fromHex(recipe.contentKey)),
    fileId: fromHex(recipe.fileId),
    unsafeDrawSession: () => fromHex(recipe.session),
  })

function breakages(good: GoldenBlocks): Broken[] {
  const bytes = fromHex(good.blocks)
  const step = good.blockSize + 40
  const size = Math.min(bytes.length, step)
  const fields = [
    { name: 'session', at: 0, size: 16 },
    { name: 'counter', at: 16, size: 8 },
    { name: 'ciphertext', at: 24, size: size - 40 },
    { name: 'tag', at: size - 16, size: 16 },
  ]
  const as = (name: string, other: Partial<GoldenBlocks>): Broken => ({
    name: `${good.name}: opened as of ${name}`,
    of: good.name,
    splices: [],
    as: other,
  })
  return [
    // A file that is cut at a block's border is a shorter file: docs/formats/volume-block.md.
    ...fieldBreakages(good.name, bytes, fields).filter(({ splices: [splice] }) => splice?.[0] !== 0 || splice[1] === 1),
    ...(bytes.length > 2 * step ? pieceBreakages(good.name, bytes, 0, step) : []),
    { name: `${good.name}: a byte appended`, of: good.name, splices: [[bytes.length, 0, '00']] },
    as('another place', { first: good.first + 1 }),
    as('another file', { fileId: '00'.repeat(16) }),
    as('another volume', { contentKey: '42'.repeat(32) }),
  ]
}
