import type { Search } from '../definition/column-declaration.ts'
import type { ColumnType } from '../value/column-type.ts'

/** An encrypted column as the database has it. */
export interface EncryptedColumn {
  /** The column's id in every cell: 16 bytes, in hexadecimal. It survives renames, dumps and restores. */
  readonly id: string
  readonly schema: string
  readonly table: string
  readonly column: string
  readonly type: ColumnType
  /** The CMK of its data keys. */
  readonly key: string
  readonly search: readonly Search[]
  readonly caseInsensitive: boolean
  readonly unique: boolean
  /** Whose index key it uses: columns of one group compare with each other. */
  readonly group: string
  /** Column of the same table that tells the tenant. */
  readonly tenant: string | null
  /** Column of the same table that the value is bound to. */
  readonly row: string | null
}

export interface RelationColumn {
  readonly name: string
  readonly attnum: number
  readonly typeOid: number
  readonly encrypted: EncryptedColumn | null
  /** The other form of a column that is being moved: the application does not see it. */
  readonly hidden: boolean
}

/** A table, partition or view that a statement can name. */
export interface Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly columns: readonly RelationColumn[]
  /** The view's query; null for a table. */
  readonly view: string | null
  /** The declared columns that are not encrypted yet: every statement on the table is refused, or guarded. */
  readonly pending: 'apply' | 'backfill' | null
}

/** What the database says about its relations, at one moment. */
export class Catalogue {
  readonly #byName = new Map<string, Relation[]>()
  readonly #byOid = new Map<number, Relation>()
  readonly #words: readonly string[]
  readonly #special: ReadonlySet<number>
  readonly generation: number
  readonly #missing: readonly string[]

  /** `missing`: the names of declared tables that are not there. */
  constructor(relations: readonly Relation[], generation: number, missing: readonly string[]) {
    this.generation = generation
    this.#missing = missing.map((name) => name.toLowerCase())
    for (const relation of relations) {
      this.#byName.set(relation.name, [...(this.#byName.get(relation.name) ?? []), relation])
      this.#byOid.set(relation.oid, relation)
    }
    this.#special = new Set(relations.filter(matters).map(({ oid }) => oid))
    this.#words = [...new Set(relations.filter(matters).map(({ name }) => name.toLowerCase()))]
  }

  /** Whether that name is the other form of a column that is being moved. After the move the column has another name. */
  isHidden(tableOid: number, attnum: number, name: string): boolean {
    const column = this.#byOid.get(tableOid)?.columns.find((one) => one.attnum === attnum)
    return column?.hidden === true && column.name === name
  }

  /** Every relation that the name may mean. */
  named(schema: string, name: string): readonly Relation[] {
    const all = this.#byName.get(name) ?? []
    return schema === '' ? all : all.filter((relation) => relation.schema === schema)
  }

  column(tableOid: number, attnum: number): EncryptedColumn | null {
    return this.#byOid.get(tableOid)?.columns.find((column) => column.attnum === attnum)?.encrypted ?? null
  }

  /** The number of the type of another column of the same table. */
  typeOf(column: EncryptedColumn, name: string): number {
    const [relation] = this.named(column.schema, column.table)
    return relation?.columns.find((other) => other.name === name)?.typeOid ?? 0
  }

  /** Whether the relation has encrypted or moving columns, or is a view. */
  isSpecial(oid: number): boolean {
    return this.#special.has(oid)
  }

  relation(oid: number): Relation | undefined {
    return this.#byOid.get(oid)
  }

  /** False only for a text that names none of the relations that matter. `U&"…"` may spell any name. */
  concerns(sql: string): boolean {
    const folded = sql.toLowerCase()
    return folded.includes('u&"') || this.#words.some((word) => folded.includes(word))
  }

  /** True when the text may name a declared table that was not there: by now it may be. */
  outdatedFor(sql: string): boolean {
    if (this.#missing.length === 0) return false
    const folded = sql.toLowerCase()
    return this.#missing.some((word) => folded.includes(word))
  }

  get encrypted(): readonly EncryptedColumn[] {
    const all = [...this.#byOid.values()].flatMap(({ columns }) => columns.flatMap(({ encrypted }) => encrypted ?? []))
    return [...new Map(all.map((column) => [column.id, column])).values()]
  }
}

const matters = (relation: Relation): boolean =>
  relation.view !== null || relation.pending !== null || relation.columns.some(({ encrypted }) => encrypted !== null)
