import type { FieldDef } from 'pg'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { type RawRow, readRows } from '../cell/read-rows.ts'
import { BYTEA, plainField, type ResultFields, resultFields } from '../cell/result-fields.ts'
import type { Keyring } from '../keys/keyring.ts'
import type { Output, Plan, StatementPlan } from '../plan/plan.ts'

/** What the answer to a planned query holds, statement after statement, and how the application sees it. */
export class Reading {
  #plan: Plan
  #catalogue: Catalogue
  #statement = 0
  #fields: ResultFields | null = null

  constructor(plan: Plan, catalogue: Catalogue) {
    this.#plan = plan
    this.#catalogue = catalogue
  }

  get catalogue(): Catalogue {
    return this.#catalogue
  }

  get plan(): Plan {
    return this.#plan
  }

  get statement(): StatementPlan | undefined {
    return this.#plan.statements[this.#statement]
  }

  /** Whether rows are handed over as they come. */
  get isPlain(): boolean {
    return this.#fields === null
  }

  /** The same text, planned on the tables as they are now. */
  replan(plan: Plan, catalogue: Catalogue): void {
    this.#plan = plan
    this.#catalogue = catalogue
  }

  /** The fields as plain pg would describe them. Throws `CatalogueChanged` where they are not what was planned for. */
  describe(fields: FieldDef[]): FieldDef[] {
    const outputs = this.#plan.concerned ? (this.statement?.outputs ?? null) : null
    const { found, visible } = described(fields, outputs, this.#catalogue)
    this.#fields = found.cells.length + found.bytes.length + found.hidden.size > 0 ? found : null
    return [...visible]
  }

  /** The rows with their values in the place of cells, at once when the keys are held. Throws `CellRefused`. */
  open(rows: readonly RawRow[], keys: Keyring): readonly RawRow[] | Promise<readonly RawRow[]> {
    const fields = this.#fields
    if (fields === null) return rows
    const opened = readRows(rows, fields, keys, this.#catalogue)
    const visible = () => (fields.hidden.size === 0 ? rows : rows.map((row) => shown(row, fields)))
    return opened === undefined ? visible() : opened.then(visible)
  }

  next(): void {
    this.#statement++
    this.#fields = null
  }
}

/** A result as the server describes it, what it holds, and its fields as the application sees them. */
interface Described {
  readonly fields: readonly FieldDef[]
  readonly catalogue: Catalogue
  readonly found: ResultFields
  readonly visible: readonly FieldDef[]
}

/** What a planned statement's result was the last time: the same, until the tables change. */
const lastDescribed = new WeakMap<readonly Output[], Described>()

function described(fields: readonly FieldDef[], outputs: readonly Output[] | null, catalogue: Catalogue): Described {
  const last = outputs === null ? undefined : lastDescribed.get(outputs)
  if (last !== undefined && last.catalogue === catalogue && sameFields(last.fields, fields)) return last
  const found = resultFields(fields, outputs, catalogue)
  const plain = fields.map((field, index) => {
    const cell = found.cells.find((one) => one.index === index)
    return cell === undefined ? field : plainField(field, cell)
  })
  const result = { fields, catalogue, found, visible: shown(plain, found) }
  if (outputs !== null) lastDescribed.set(outputs, result)
  return result
}

const sameFields = (some: readonly FieldDef[], others: readonly FieldDef[]): boolean =>
  some.length === others.length && some.every((field, i) => isSameField(field, others[i]))

const isSameField = (one: FieldDef, other: FieldDef | undefined): boolean =>
  one.name === other?.name &&
  one.tableID === other.tableID &&
  one.columnID === other.columnID &&
  one.dataTypeID === other.dataTypeID &&
  one.dataTypeSize === other.dataTypeSize &&
  one.dataTypeModifier === other.dataTypeModifier &&
  one.format === other.format

/** No field of a table with encrypted columns, and no bytes that might be a cell. */
export const isQuiet = (fields: readonly FieldDef[], catalogue: Catalogue): boolean =>
  fields.every(({ dataTypeID, tableID }) => dataTypeID !== BYTEA && !catalogue.isSpecial(tableID))

/** What the application sees of a row or of its fields. */
const shown = <T>(items: T[], { hidden }: ResultFields): T[] =>
  hidden.size === 0 ? items : items.filter((_, index) => !hidden.has(index))
