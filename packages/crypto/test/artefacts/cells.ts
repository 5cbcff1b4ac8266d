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
  /** The words that the cell's search tokens are of, under the index key; absent for a cell without tokens. */
  readonly words?: readonly string[]
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

const tokenCases: Partial<GoldenCell>[] = [
  { name: 'with two search tokens', words: ['虎符', 'tally'] },
  { name: 'with no search token', words: [] },
  { name: 'with a blind index and search tokens, of a tenant', words: ['虎符', 'tally'], index, tenant: 'org-7' },
]

/** The cells of the first kinds. */
export const makeCells = (crypto: Implementation): GoldenFile<GoldenCell> => make(crypto, cases)

/** The cells that carry search tokens. */
export const makeTokenCells = (crypto: Implementation): GoldenFile<GoldenCell> => make(crypto, tokenCases)

function make(crypto: Implementation, cases: readonly Partial<GoldenCell>[]): GoldenFile<GoldenCell> {
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
  const tokens = recipe.words === undefined ? null : tokensOf(crypto, recipe, recipe.words)
  const [cell] = key.seal([{ plaintext: fromHex(plaintext), blindIndex, tokens, rowId }])
  if (cell === undefined) throw new Error('expected a cell')
  return cell
}

function tokensOf(crypto: Implementation, { suite }: GoldenCell, words: readonly string[]): Uint8Array {
  const key = crypto.Secret.take(fromHex(index.key))
  return crypto.cellTokens(
    crypto.suites[suite].hash,
    key,
    words.map((text) => ({ what: 'word', text })),
  )
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
    ['token count', good.words === undefined ? 0 : 2],
    ['tokens', 8 * (good.words?.length ?? 0)],
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
