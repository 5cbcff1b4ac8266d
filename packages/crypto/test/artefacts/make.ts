import { test } from 'vitest'
import * as crypto from '../../src/index.ts'
import { makeBlocks } from './blocks.ts'
import { makeCells, makeTokenCells } from './cells.ts'
import { writeGolden } from './golden-file.ts'
import { makeMessages } from './messages.ts'

test('the golden files of format version 1', () => {
  writeGolden('sealed-message-v1.json', makeMessages(crypto))
  writeGolden('column-cell-v1.json', makeCells(crypto))
  writeGolden('column-cell-tokens-v1.json', makeTokenCells(crypto))
  writeGolden('volume-block-v1.json', makeBlocks(crypto))
})
