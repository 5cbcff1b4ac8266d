import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Catalogue } from '../../src/catalogue/catalogue.ts'
import { loadCatalogue } from '../../src/catalogue/load-catalogue.ts'
import { BYTEA } from '../../src/cell/result-fields.ts'
import { analyse } from '../../src/plan/analyse.ts'
import type { Plan, Role } from '../../src/plan/plan.ts'
import { QueryRefused } from '../../src/refusal/query-refused.ts'
import { loadParser } from '../../src/sql/parse.ts'
import { applyTo } from '../support/apply-to.ts'
import { testDatabase } from '../support/database.ts'
import { type Described, describeStatement } from '../support/describe.ts'
import { Random } from './random.ts'
import { StatementBuilder } from './statement.ts'
import { encryption, TABLES } from './tables.ts'

const STATEMENTS = Number(process.env.HUFU_DIFFERENTIAL ?? 2500)
const FIRST = Number(process.env.HUFU_SEED ?? 1)

/** `pg_type.oid` of what a parameter is sent as. */
const SENT: Readonly<Record<Role, number>> = { cell: BYTEA, index: BYTEA, indexes: 1001, prefix: 1016, words: 1016 }

let catalogue: Catalogue
let client: PoolClient

beforeAll(async () => {
  const { plain } = await testDatabase()
  await plain.query(TABLES)
  await applyTo(plain, encryption)
  await loadParser()
  catalogue = await loadCatalogue(plain, encryption.columns)
  client = await plain.connect()
})
afterAll(() => client?.release())

it(`${STATEMENTS} generated statements: what the analysis says of parameters and results, the server says too`, async () => {
  const counts = { compared: 0, refused: 0, invalid: 0 }
  for (let seed = FIRST; seed < FIRST + STATEMENTS; seed++) {
    const { sql } = new StatementBuilder(new Random(seed)).build()
    const plan = planned(sql)
    if (plan === null) {
      counts.refused++
      continue
    }
    const described = await describeStatement(client, plan.text).catch(() => null)
    if (described === null) counts.invalid++
    else compare(plan, described, `seed ${seed}: ${plan.text}`)
    if (described !== null) counts.compared++
  }
  expect(counts.compared).toBeGreaterThan(STATEMENTS / 3)
}, 600_000)

function planned(sql: string): Plan | null {
  try {
    return analyse(sql, catalogue)
  } catch (error) {
    if (error instanceof QueryRefused) return null
    throw error
  }
}

/** No table has plain bytes: a parameter or result of bytes that the analysis does not know of is one that it missed. */
function compare(plan: Plan, { parameters, fields }: Described, differs: string): void {
  for (const [i, oid] of parameters.entries()) {
    const use = plan.uses.find(({ to }) => to === i + 1)
    if (use !== undefined) expect(oid, differs).toBe(SENT[use.role])
    else expect([BYTEA, 1001], differs).not.toContain(oid)
  }
  const outputs = plan.statements[0]?.outputs ?? null
  if (outputs === null) return
  expect(fields.length, differs).toBe(outputs.length)
  for (const [i, field] of fields.entries()) {
    const columns = outputs[i] ?? []
    expect(field.dataTypeID === BYTEA, differs).toBe(columns.length > 0)
    const own = catalogue.column(field.tableID, field.columnID)
    if (own !== null) expect(columns, differs).toContain(own)
  }
}
