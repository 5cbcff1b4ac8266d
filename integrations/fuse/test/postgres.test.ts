import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mounted, mounted } from './support/mounted.ts'

// PostgreSQL refuses to run as root, so that another user than the mounting one is let in.
let volume: Mounted
beforeAll(async () => {
  volume = await mounted({ allowOther: true })
  for (const path of [dirname(volume.path), volume.path]) chmodSync(path, 0o755)
  for (const path of [join(volume.path, 'data'), sockets()]) {
    mkdirSync(path, { mode: 0o700 })
    execFileSync('chown', ['postgres', path])
  }
})
afterAll(async () => {
  asPostgres('"$bin/pg_ctl" -D "$data" -m immediate -w stop || true')
  await volume[Symbol.asyncDispose]()
})

const sockets = () => join(dirname(volume.path), 'sockets')

/** Runs a script with $bin, $data and $sockets set; what it printed. */
function asPostgres(script: string): string {
  const find = 'bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | head -n 1)")'
  const set = `set -eu; ${find}; data='${join(volume.path, 'data')}'; sockets='${sockets()}'; cd /`
  return execFileSync('su', ['postgres', '-s', '/bin/bash', '-c', `${set}\n${script}`], {
    encoding: 'utf8',
    timeout: 240_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

describe('PostgreSQL with its data directory on a volume', () => {
  it('keeps its tables whole under pgbench, and after a kill -9 in its midst', { timeout: 300_000 }, () => {
    const sums = asPostgres(`
      start() { "$bin/pg_ctl" -D "$data" -w -l "$sockets/log" -o "-k $sockets -c listen_addresses='' -c shared_buffers=16MB" start > /dev/null; }
      sql() { "$bin/psql" -h "$sockets" -U postgres -AXtq -c "$1"; }
      "$bin/initdb" -D "$data" -U postgres -A trust -k --locale C.UTF-8 > /dev/null
      start
      "$bin/pgbench" -h "$sockets" -U postgres -i -q -s 1 2> /dev/null
      "$bin/pgbench" -h "$sockets" -U postgres -n -c 4 -j 2 -t 1000000 > /dev/null 2>&1 &
      until [ "$(sql 'select count(*) > 500 from pgbench_history')" = t ]; do :; done
      kill -9 "$(head -n 1 "$data/postmaster.pid")"
      wait || true
      until start; do :; done # the processes of the killed one end by themselves
      sql 'select count(*) > 500 from pgbench_history'
      sql 'select (select sum(delta) from pgbench_history) = all (array[(select sum(abalance) from pgbench_accounts),
        (select sum(tbalance) from pgbench_tellers), (select sum(bbalance) from pgbench_branches)])'
      "$bin/pg_ctl" -D "$data" -m fast -w stop > /dev/null
      "$bin/pg_checksums" -D "$data" --check | grep -c 'Bad checksums:  0'`)
    expect(sums.split('\n')).toEqual(['t', 't', '1'])
    expect(volume.log).toEqual([])
  })
})
