import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programs, type Version } from './programs.ts'

/** A PostgreSQL of its own in a temporary directory, on a free port of the loopback. */
export interface TestServer {
  readonly port: number
  readonly dir: string
  stop(): void
}

export async function startServer(version: Version = 15): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'hufu-pg-'))
  const bin = programs(version, dir)
  own(dir)
  const data = join(dir, 'data')
  asPostgres(`${bin}/initdb`, [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-sync',
    '--locale',
    'C.UTF-8',
  ])
  const port = await started(bin, dir, data)
  const stop = () => {
    asPostgres(`${bin}/pg_ctl`, ['-D', data, '-m', 'immediate', '-w', 'stop'])
    rmSync(dir, { recursive: true, force: true })
  }
  return { port, dir, stop }
}

/** Times that another port is tried: between being found free and being listened on it may be taken. */
const TRIES = 5

/** Starts the server; returns its port. */
async function started(bin: string, dir: string, data: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=300`
    try {
      asPostgres(`${bin}/pg_ctl`, ['-D', data, '-w', '-t', '300', '-l', join(dir, 'log'), '-o', settings, 'start'])
      return port
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

const isRoot = process.getuid?.() === 0

/** PostgreSQL refuses to run as root. */
function asPostgres(command: string, args: readonly string[]): void {
  const quoted = [command, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  if (isRoot) execFileSync('su', ['postgres', '-s', '/bin/sh', '-c', quoted], { stdio: 'pipe', cwd: tmpdir() })
  else execFileSync(command, args, { stdio: 'pipe' })
}

function own(dir: string): void {
  chmodSync(dir, 0o700)
  if (!isRoot) return
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  chownSync(dir, id('-u'), id('-g'))
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
