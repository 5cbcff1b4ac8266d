import type { Knex } from 'knex'
import { first } from './0001-first.ts'
import { managedLife } from './0002-managed-life.ts'
import { imports } from './0003-import.ts'
import { dataKeys } from './0004-data-keys.ts'
import { multiRegion } from './0005-multi-region.ts'
import { directory } from './0006-directory.ts'
import { auditLogs } from './0007-audit-log.ts'
import { firstAnswers } from './0008-first-answers.ts'
import { grants } from './0009-grants.ts'
import { keyUses } from './0010-key-uses.ts'

/** In their order; a released one is never changed. */
const migrations: readonly { readonly name: string; up(schema: Knex.SchemaBuilder, db: Knex): Promise<void> }[] = [
  { name: '0001-first', up: first },
  { name: '0002-managed-life', up: managedLife },
  { name: '0003-import', up: imports },
  { name: '0004-data-keys', up: dataKeys },
  { name: '0005-multi-region', up: multiRegion },
  { name: '0006-directory', up: directory },
  { name: '0007-audit-log', up: auditLogs },
  { name: '0008-first-answers', up: firstAnswers },
  { name: '0009-grants', up: grants },
  { name: '0010-key-uses', up: keyUses },
]

export const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
  getMigrations: async () => [...migrations],
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => ({
    up: (knex) => migration.up(knex.schema, knex),
    down: async () => {
      throw new TypeError('expected to go forward: a store is never taken back to an older form')
    },
  }),
}
