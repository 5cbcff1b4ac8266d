import { type Broken, fieldBreakages, fieldsInOrder, fromHex, type GoldenFile, hex } from './artefact.ts'
import type { Implementation } from './implementations.ts'

export interface GoldenCell {
  readonly name: string
  readonly suite: 'aes' | 'gm'
  readonly columnId: string
  readonly dataKeyNumber: number
  readonly dataKey: string
  readonly session: string
  readonly tenant: string
  readonly rowId: string | null
  /** The index key and the value that the blind index is of; null for a cell without one. */
  readonly index: { readonly key: string; readonly value: string } | null
  readonly plaintext: string
  readonly cell: string
}

const base = {
  columnId: '000102030405060708090a0b0c0d0e0f',
  dataKeyNumber: 0x01020304,
  dataKey: '31'.repeat(32),
  session: '5e'.repeat(12),
  tenant: '',
  rowId: null,
  index: null,
  plaintext: hex(Buffer.from('虎符 tally')),
  cell: '',
}
const index = { key: '77'.repeat(32), value: hex(Buffer.from('虎符 tally')) }
const cases: Partial<GoldenCell>[] = [
  { name: 'plain' },
  { name: 'empty', plaintext: '' },
  { name: 'with a blind index', index },
  { name: 'of a tenant and a row', tenant: 'org-7', rowId: 'row-1', index },
  { name: 'of the empty row', rowId: '' },
]

export function makeCells(crypto: Implementation): GoldenFile<GoldenCell> {
  const good = (['aes', 'gm'] as const).flatMap((suite) =>
    cases.map((each) => {
      const recipe: GoldenCell = { ...base, ...each, name: `${suite}, ${each.name}`, suite }
      return { ...recipe, cell: hex(sealGoldenCell(crypto, recipe)) }
    }),
  )
  return {
    comment: 'Column cells of format version 1, docs/formats/column-cell.md. Bytes are in hexadecimal.',
    good,
    broken: good.flatMap(breakages),
  }
}

export function sealGoldenCell(crypto: Implementation, recipe: GoldenCell): Uint8Array {
  using key = goldenCellKey(crypto, recipe)
  const { suite, rowId, plaintext } = recipe
  const blindIndex =
    recipe.index &&
    crypto.blindIndex(
      crypto.suites[suite].hash,
      crypto.Secret.take(fromHex(recipe.index.key)),
      fromHex(recipe.index.value),
    )
  const [cell] = key.seal([{ plaintext: fromHex(plaintext), blindIndex, rowId }])
  if (cell === undefined) throw new Error('expected a cell')
  return cell
}

export const goldenCellKey = (crypto: Implementation, recipe: GoldenCell) =>
  new crypto.CellKey({
    suite: crypto.suites[recipe.suite],
    columnId: fromHex(recipe.columnId),
    dataKeyNumber: recipe.dataKeyNumber,
    dataKey: crypto.Secret.take(fromHex(recipe.dataKey)),
    tenant: recipe.tenant,
    unsafeDrawSession: () => fromHex(recipe.session),
  })

function breakages(good: GoldenCell): Broken[] {
  const bytes = fromHex(good.cell)
  const sizes: [string, number][] = [
    ['kind', 1],
    ['blind index', good.index === null ? 0 : 16],
    ['column id', 16],
    ['data key number', 4],
    ['session', 12],
    ['counter', 4],
    ['ciphertext', good.plaintext.length / 2],
    ['tag', 16],
  ]
  const as = (name: string, other: Partial<GoldenCell>): Broken => ({
    name: `${good.name}: opened as of ${name}`,
    of: good.name,
    splices: [],
    as: other,
  })
  return [
    ...fieldBreakages(good.name, bytes, fieldsInOrder(sizes)),
    { name: `${good.name}: a byte appended`, of: good.name, splices: [[bytes.length, 0, '00']] },
    as('another column', { columnId: '00'.repeat(16) }),
    as('another tenant', { tenant: 'org-8' }),
    as('another row', { rowId: 'row-2' }),
    as('another data key', { dataKey: '32'.repeat(32) }),
  ]
}
