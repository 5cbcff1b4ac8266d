import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BIN = '/usr/lib/postgresql/15/bin'

/** PostgreSQL 15 in a temporary directory, with the durability that a server has by default. */
export async function startPostgres(): Promise<{ port: number; stop(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'hufu-bench-pg-'))
  chmodSync(dir, 0o700)
  if (isRoot) chownSync(dir, idOf('-u'), idOf('-g'))
  const data = join(dir, 'data')
  asPostgres('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale', 'C.UTF-8')
  const port = await freePort()
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`
  asPostgres('pg_ctl', '-D', data, '-w', '-l', join(dir, 'log'), '-o', settings, 'start')
  const stop = () => {
    asPostgres('pg_ctl', '-D', data, '-m', 'fast', '-w', 'stop')
    rmSync(dir, { recursive: true, force: true })
  }
  return { port, stop }
}

const isRoot = process.getuid?.() === 0
const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres']).toString())

/** PostgreSQL refuses to run as root. */
function asPostgres(program: string, ...args: string[]): void {
  const command = [join(BIN, program), ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  if (isRoot) execFileSync('su', ['postgres', '-s', '/bin/sh', '-c', command], { stdio: 'pipe', cwd: tmpdir() })
  else execFileSync('/bin/sh', ['-c', command], { stdio: 'pipe' })
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
