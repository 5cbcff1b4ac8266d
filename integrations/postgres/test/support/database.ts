import pg from 'pg'
import { afterAll } from 'vitest'
import type { Version } from './programs.ts'
import { startServer, type TestServer } from './server.ts'

export interface TestDatabase {
  readonly config: { host: string; port: number; user: string; database: string; password: string }
  /** Plain connections, as any program without Hufu has them. */
  readonly plain: pg.Pool
}

const servers = new Map<Version, Promise<TestServer>>()
const pools: pg.Pool[] = []
let count = 0

/** A database of its own on this file's server of that version. Its owner is no superuser. */
export async function testDatabase({ max = 4, version = 15 as Version } = {}): Promise<TestDatabase> {
  const server = servers.get(version) ?? startServer(version)
  servers.set(version, server)
  const { port } = await server
  const name = `t${count++}`
  const admin = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: 'unused' }
  await administer(admin, `CREATE ROLE ${name} LOGIN`, `CREATE DATABASE ${name} OWNER ${name}`)
  const config = { ...admin, user: name, database: name }
  const plain = new pg.Pool({ ...config, max })
  plain.on('error', () => {})
  pools.push(plain)
  return { config, plain }
}

/** Registered when the file is read: a hook that a hook registers never runs. */
afterAll(async () => {
  for (const pool of pools) await pool.end()
  for (const server of servers.values()) (await server).stop()
})

async function administer(config: pg.ClientConfig, ...statements: string[]): Promise<void> {
  const client = new pg.Client(config)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}
