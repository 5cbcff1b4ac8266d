import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const BIN = '/usr/lib/postgresql/15/bin'

export interface PostgresServer {
  /** A new, empty database. */
  newDatabase(): Promise<string>
  stop(): Promise<void>
}

/** PostgreSQL refuses to run as root. */
const asPostgres = (command: string, args: readonly string[]) =>
  process.getuid?.() === 0 ? run('runuser', ['-u', 'postgres', '--', command, ...args]) : run(command, [...args])

/** A server of its own on a socket in a temporary directory; nobody else reaches it. */
export async function startPostgres(): Promise<PostgresServer> {
  if (!existsSync(BIN)) throw new TypeError('expected PostgreSQL 15 to be installed: apt-get install postgresql')
  const dir = await mkdtemp(join(tmpdir(), 'hufu-pg-'))
  await chmod(dir, 0o777)
  const data = join(dir, 'data')
  await asPostgres(`${BIN}/initdb`, ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync'])
  const settings = `-c listen_addresses= -c unix_socket_directories=${dir} -c fsync=off`
  await asPostgres(`${BIN}/pg_ctl`, ['-D', data, '-w', '-l', join(dir, 'log'), '-o', settings, 'start'])
  let made = 0
  return {
    async newDatabase() {
      made += 1
      const client = new Client({ connectionString: urlOf(dir, 'postgres') })
      await client.connect()
      await client.query(`create database hufu${made}`)
      await client.end()
      return urlOf(dir, `hufu${made}`)
    },
    async stop() {
      await asPostgres(`${BIN}/pg_ctl`, ['-D', data, '-w', '-m', 'immediate', 'stop'])
      await rm(dir, { recursive: true })
    },
  }
}

const urlOf = (dir: string, database: string): string =>
  `postgresql://postgres@localhost/${database}?host=${encodeURIComponent(dir)}`
