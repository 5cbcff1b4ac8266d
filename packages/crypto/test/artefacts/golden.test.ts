import { describe, expect, test } from 'vitest'
import { patterned } from '../changes.ts'
import { fromHex, hex, spliced } from './artefact.ts'
import { type GoldenBlocks, goldenFile, sealGoldenBlocks } from './blocks.ts'
import { type GoldenCell, goldenCellKey, sealGoldenCell } from './cells.ts'
import { readGolden } from './golden-file.ts'
import { type Implementation, implementations } from './implementations.ts'
import { type GoldenMessage, goldenDataKey, sealGoldenMessage } from './messages.ts'

/** What a format has to do with its golden file. */
interface Format<Good> {
  readonly file: string
  readonly stored: (good: Good) => string
  readonly plaintext: (good: Good) => Uint8Array
  readonly seal: (crypto: Implementation, good: Good) => Uint8Array
  readonly open: (crypto: Implementation, good: Good, bytes: Uint8Array) => Uint8Array
}

const messages: Format<GoldenMessage> = {
  file: 'sealed-message-v1.json',
  stored: ({ message }) => message,
  plaintext: ({ plaintextSize }) => patterned(plaintextSize),
  seal: sealGoldenMessage,
  open: (crypto, good, bytes) => crypto.openMessage(goldenDataKey(crypto, good), good.context, bytes),
}

const cells: Format<GoldenCell> = {
  file: 'column-cell-v1.json',
  stored: ({ cell }) => cell,
  plaintext: ({ plaintext }) => fromHex(plaintext),
  seal: sealGoldenCell,
  open: (crypto, good, cell) => goldenCellKey(crypto, good).open([{ cell, rowId: good.rowId }])[0] ?? new Uint8Array(1),
}

const tokenCells: Format<GoldenCell> = { ...cells, file: 'column-cell-tokens-v1.json' }

const blocks: Format<GoldenBlocks> = {
  file: 'volume-block-v1.json',
  stored: (good) => good.blocks,
  plaintext: ({ plaintextSize }) => patterned(plaintextSize),
  seal: sealGoldenBlocks,
  open: (crypto, good, bytes) => goldenFile(crypto, good).open(good.first, bytes),
}

describe.each(await implementations())('$name', ({ crypto }) => {
  golden(crypto, messages)
  golden(crypto, cells)
  golden(crypto, tokenCells)
  golden(crypto, blocks)
})

function golden<Good extends { readonly name: string }>(crypto: Implementation, format: Format<Good>): void {
  const { good, broken } = readGolden<Good>(format.file)
  const named = new Map(good.map((each) => [each.name, each]))

  describe(format.file, () => {
    test.each(good)('$name opens, and is sealed to the same bytes again', (each) => {
      const stored = format.stored(each)
      expect(hex(format.open(crypto, each, fromHex(stored)))).toBe(hex(format.plaintext(each)))
      expect(hex(format.seal(crypto, each))).toBe(stored)
    })

    test.each(broken)('$name: refused', ({ of, splices, as }) => {
      const original = named.get(of)
      if (original === undefined) throw new Error(`expected a good artefact named ${of}`)
      const bytes = spliced(fromHex(format.stored(original)), splices)
      expect(() => format.open(crypto, { ...original, ...as }, bytes)).toThrow(crypto.DecryptionError)
    })
  })
}
