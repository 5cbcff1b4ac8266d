import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mounted, mounted } from './support/mounted.ts'

let volume: Mounted
const at = (...names: string[]) => join(volume.path, ...names)
beforeAll(async () => {
  volume = await mounted()
})
afterAll(() => volume[Symbol.asyncDispose]())

/** Runs a script in the volume with the names it is given as $1, $2, …; what it printed. A stuck mount fails it. */
const shell = (script: string, ...args: string[]): string =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...args], {
    cwd: volume.path,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

describe('programs on a volume', () => {
  it('git: commits, clone, gc and fsck', () => {
    const output = shell(`
      git init -q one && cd one
      git config user.email a@example.com && git config user.name a
      for i in $(seq 200); do mkdir -p d$((i % 7)); seq $i 400 > d$((i % 7))/file$i; done
      git add . && git commit -qm first
      for i in 1 8 15; do echo more >> d1/file$i; done
      git commit -qam second
      cd .. && git clone -q one two && cd two
      git gc -q --prune=now && git fsck --full --strict
      git status --porcelain && git log --format=%s`)
    expect(output).toBe('second\nfirst')
  })

  it('SQLite: a journal ahead of the file, and a check of the whole', () => {
    const rows = `with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
      insert into t select i, hex(randomblob(20)) from n;`
    const sql = `pragma journal_mode = wal; create table t(i integer primary key, v text); ${rows}
      delete from t where i % 3 = 0; update t set v = v || v where i % 5 = 0; create index v on t(v);
      pragma wal_checkpoint(truncate); vacuum; pragma integrity_check; select count(*) from t;`
    const lines = shell('sqlite3 data.sqlite "$1"', sql).split('\n')
    expect(lines[0]).toBe('wal')
    expect(lines.slice(-2)).toEqual(['ok', '13334'])
  })

  it('tar: modes, links, times and attributes there and back', () => {
    mkdirSync(at('tree'))
    writeFileSync(at('tree', 'file'), 'content', { mode: 0o640 })
    const output = shell(`
      cd tree && ln file hard && ln -s file soft && mkfifo pipe && mkdir -m 1755 dir && touch -d @1.25 dir/old
      python3 -c 'import os; os.setxattr("file", "user.note", b"of an attribute")'
      cd .. && tar --xattrs -cf tree.tar tree && mkdir back && tar --xattrs -xpf tree.tar -C back
      list() { (cd "$1" && find . -printf '%p %y %m %n %T@ %l\\n' | grep -v '^\\. ' | sort); }
      diff <(list tree) <(list back/tree)
      python3 -c 'import os; print(os.getxattr("back/tree/file", "user.note").decode())'`)
    expect(output).toBe('of an attribute')
  })

  it('cp: a file with holes that was just written', () => {
    const output = shell(`
      python3 -c 'f = open("holes", "wb"); f.seek(10_000_000); f.write(b"end"); f.seek(3_000_000); f.write(b"middle")'
      head -c 300000 /dev/urandom > dense
      cp --sparse=auto holes holes2 && cp dense dense2 && cmp holes holes2 && cmp dense dense2
      stat -c %b holes2`)
    expect(Number(output)).toBeLessThan(2000)
  })

  it('dd: a large file, read back whole', () => {
    const output = shell(`
      dd if=/dev/urandom of=large bs=1M count=64 status=none && sha256sum < large > sum
      dd if=large of=direct bs=1M iflag=direct oflag=direct status=none && sha256sum < direct | cmp - sum
      dd if=large bs=7777 status=none | sha256sum | cmp - sum && rm large direct && echo same`)
    expect(output).toBe('same')
  })

  it('several at once: each one file sees what it wrote, while names come and go', () => {
    const output = shell(`
      worker() { for i in $(seq 60); do
        seq $i $((i + 900)) > w$1.$i && mv w$1.$i shared.$((i % 5)) && ln -f shared.$((i % 5)) l$1 2>/dev/null || true
        seq 5000 > own$1 && [ "$(tail -n 1 own$1)" = 5000 ] && ls > /dev/null && rm -f l$1
      done; }
      for w in 1 2 3 4; do worker $w & done; wait
      ls shared.* | wc -l`)
    expect(output).toBe('5')
  })
})
