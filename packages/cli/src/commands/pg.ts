import { readFile } from 'node:fs/promises'
import {
  apply,
  backfill,
  defineEncryption,
  type Encryption,
  type MigrationOptions,
  type Progress,
  planMigration,
  revert,
  rotate,
  shred,
  verify,
} from '@hufu/postgres'
import { httpKeyService } from '@hufu/sdk'
import { Command } from 'commander'
import pg from 'pg'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { printList, type Row } from '../output/result.ts'
import { bindColumns, rebindColumns } from '../pg/bind-columns.ts'
import { type SystemOptions, systemOptions } from '../system/connect.ts'
import { findSystem, httpOptions } from '../system/find-system.ts'

interface PgOptions extends SystemOptions {
  readonly config: string
  readonly database?: string
  readonly batch?: string
  readonly pause?: string
  readonly column?: string[]
  readonly key?: string
  readonly resume?: boolean
  readonly destroyOld?: boolean
}

type Work = (database: pg.Client, encryption: Encryption, options: PgOptions) => Promise<readonly Row[]>

const columns: Record<string, readonly string[]> = {
  plan: ['path', 'state', 'breaks'],
  apply: ['path', 'state'],
  backfill: ['path', 'rows'],
  rotate: ['path', 'rows'],
  revert: ['path', 'rows'],
  shred: ['path', 'keys'],
  verify: ['path', 'cells', 'dataKeys', 'refused'],
}

/** `hufu pg …`: encrypted columns of a PostgreSQL database. */
export function pgCommand(): Command {
  const pgs = new Command('pg').description('encrypted columns of a PostgreSQL database')
  pgs.addCommand(step('plan', 'print the SQL of apply and what will break; changes nothing', planRows))
  pgs.addCommand(step('apply', 'make the catalogue, column types and indexes', applyRows))
  pgs.addCommand(
    long('backfill', 'move plaintext into cells while the application writes', (database, encryption, options) =>
      backfill(database, encryption, migration(options)).then(rows),
    ),
  )
  pgs.addCommand(
    long('rotate', 'seal everything anew under new data keys', rotateRows)
      .option('--key <KEY>', 'another CMK for the new data keys')
      .option('--resume', 'go on with an interrupted rotation')
      .option('--destroy-old', 'destroy data keys that were retired an hour ago and that no cell needs'),
  )
  pgs.addCommand(long('verify', 'open every cell, and tell under which keys they are', verifyRows))
  pgs.addCommand(long('revert', 'go back to plaintext while the application writes', revertRows))
  pgs.addCommand(shredCommand())
  return pgs
}

const rows = (found: readonly object[]): Row[] => found.map((row) => ({ ...row }))

function step(name: string, description: string, work: Work): Command {
  return options(new Command(name).description(description)).action((given: PgOptions) => run(name, work, given))
}

const long = (name: string, description: string, work: Work): Command =>
  step(name, description, work)
    .option('--batch <ROWS>', 'rows in one transaction, 500 unless told')
    .option('--pause <MS>', 'milliseconds to wait between batches')
    .option('--column <PATH...>', 'only these columns')

const options = (command: Command): Command =>
  systemOptions(
    command
      .requiredOption('--config <FILE>', 'JSON with the columns of defineEncryption')
      .option('--database <URL>', 'the database, DATABASE_URL unless told'),
  )

function shredCommand(): Command {
  const command = new Command('shred')
    .description("destroy one tenant's data keys: its cells open nowhere any more")
    .argument('<TENANT>')
  return options(command).action((tenant: string, given: PgOptions) =>
    run('shred', (database, encryption) => shred(database, encryption, tenant).then(rows), given),
  )
}

async function run(name: string, work: Work, given: PgOptions): Promise<void> {
  const encryption = await readEncryption(given)
  const database = new pg.Client({ connectionString: databaseUrl(given) })
  await database.connect()
  try {
    printList(await work(database, encryption, given), columns[name] ?? [], given.json === true)
  } finally {
    await database.end()
  }
}

function databaseUrl({ database = process.env.DATABASE_URL }: PgOptions): string {
  if (database !== undefined) return database
  throw new CliError(exitCode.usage, 'expected a database, received none', '--database postgres://USER@HOST/NAME')
}

const config = z.looseObject({ columns: z.record(z.string(), z.unknown()) })

async function readEncryption(given: PgOptions): Promise<Encryption> {
  const text = await readFile(given.config, 'utf8')
  const parsed = config.safeParse(json(text, given.config))
  if (!parsed.success)
    throw new CliError(
      exitCode.usage,
      `${given.config}: ${z.prettifyError(parsed.error)}`,
      'docs/postgres.md shows the file',
    )
  const kms = httpKeyService(httpOptions(await findSystem(given)))
  return defineEncryption({ kms, columns: parsed.data.columns as Parameters<typeof defineEncryption>[0]['columns'] })
}

function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CliError(exitCode.usage, `expected JSON in ${file}`, 'docs/postgres.md shows the file', { cause })
  }
}

const migration = ({ batch, pause, column, json: asJson }: PgOptions): MigrationOptions => ({
  ...(batch === undefined ? {} : { batch: count(batch) }),
  ...(pause === undefined ? {} : { pause: count(pause) }),
  ...(column === undefined ? {} : { only: column }),
  ...(asJson === true || !process.stderr.isTTY ? {} : { onProgress: drawBar }),
})

function count(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new CliError(exitCode.usage, `expected a whole number above 0, received ${text}`, '--batch 500 --pause 20')
}

const BAR = 30

function drawBar({ path, step: name, done, total }: Progress): void {
  const part = total === 0 ? 1 : Math.min(1, done / total)
  const bar = '#'.repeat(Math.round(part * BAR)).padEnd(BAR, '.')
  process.stderr.write(`\r${name} ${path} [${bar}] ${done} of ${total}${part === 1 ? '\n' : ''}`)
}

async function planRows(database: pg.Client, encryption: Encryption, given: PgOptions): Promise<readonly Row[]> {
  const planned = await planMigration(database, encryption)
  if (given.json !== true) for (const { sql } of planned) for (const text of sql) process.stdout.write(`${text};\n`)
  return rows(planned)
}

const applyRows: Work = async (database, encryption, options) => {
  const done = await apply(database, encryption)
  await bindColumns(options, database)
  return rows(done)
}

const revertRows: Work = async (database, encryption, options) =>
  rows(await rebindColumns(options, database, () => revert(database, encryption, migration(options))))

const rotateRows: Work = async (database, encryption, { key, resume, destroyOld, ...given }) => {
  const change = {
    ...migration(given as PgOptions),
    ...(key === undefined ? {} : { key }),
    resume: resume === true,
    destroyOld: destroyOld === true,
  }
  return rows(await rebindColumns(given as PgOptions, database, () => rotate(database, encryption, change)))
}

/** A cell that does not open ends the command with the exit code of what is not authentic. */
const verifyRows: Work = async (database, encryption, given) => {
  const found = await verify(database, encryption, migration(given))
  if (found.some(({ refused }) => refused.length > 0)) process.exitCode = exitCode.notAuthentic
  return rows(found)
}
