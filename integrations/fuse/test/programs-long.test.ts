import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, served } from './support/served.ts'

/** A repository to clone, a project to build, and the size of a file: small ones unless told, for a long run large ones. */
const REPOSITORY = process.env.HUFU_PROGRAMS_REPOSITORY
const PROJECT = process.env.HUFU_PROGRAMS_PROJECT
const MEBIBYTES = Number(process.env.HUFU_PROGRAMS_MEBIBYTES ?? 64)
/** Where the ciphertext is: a large disk for a long run. */
const PARENT = process.env.HUFU_PROGRAMS_PARENT
const timeout = (REPOSITORY ?? PROJECT ?? process.env.HUFU_PROGRAMS_MEBIBYTES) ? 7_200_000 : 180_000

let volume: Served
beforeAll(async () => {
  volume = served(PARENT)
  await volume.start()
})
afterAll(() => volume[Symbol.asyncDispose]())

/** Runs a script in the volume with the names it is given as $1, $2, …; what it printed. A stuck mount fails it. */
async function shell(script: string, ...args: string[]): Promise<string> {
  const options = { cwd: volume.path, timeout: timeout - 30_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
  return (await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script, 'bash', ...args], options)).stdout.trim()
}

const REPOSITORY_SCRIPT = `mkdir made && cd made && git init -q && git config user.email a@example.com && git config user.name a
for i in $(seq 40); do mkdir -p d$((i % 7)); seq $i 3000 > d$((i % 7))/file$i; git add . && git commit -qm "change $i"; done`

describe('programs that take their time', { timeout }, () => {
  it('git: a clone by its protocol, its check, gc, its check again, and a clone of it that has the same', async () => {
    if (REPOSITORY === undefined) await shell(REPOSITORY_SCRIPT)
    const output = await shell(
      `git clone -q --no-local "$1" one && cd one && git fsck --full --no-progress >/dev/null
       git gc -q --prune=now && git fsck --full --no-progress >/dev/null && git status --porcelain
       git log --format=%H | sha256sum > ../log && cd .. && git clone -q --no-local one two && cd two
       git log --format=%H | sha256sum | cmp - ../log && git status --porcelain && git diff --stat HEAD && cd ..
       diff -r --exclude=.git one two && rm -rf made one two log && echo the same`,
      REPOSITORY ?? 'made',
    )
    expect(output).toBe('the same')
  })

  it('npm: ci by a lockfile, and a build', async () => {
    mkdirSync(join(volume.path, 'project'))
    if (PROJECT === undefined) await makeProject(join(volume.path, 'project'))
    else await shell('cd "$1" && git archive HEAD | tar -xf - -C "$2"', PROJECT, join(volume.path, 'project'))
    const install = 'npm ci --no-audit --no-fund --loglevel=error'
    await shell(`cd project && ${PROJECT === undefined ? `${install} --offline` : install} && npm run build`)
    if (PROJECT === undefined) expect(await shell('cat project/built')).toBe('one two')
    await shell('rm -rf project')
  })

  it('rsync: a tree to the volume and back; the second time there is nothing to do', async () => {
    const output = await shell(
      `
      mkdir tree && for i in $(seq 300); do mkdir -p tree/d$((i % 9)); seq $i $((i * 9)) > tree/d$((i % 9))/file$i; done
      ln tree/d1/file1 tree/hard && ln -s d1/file1 tree/soft && chmod 2750 tree/d2
      python3 -c 'import os; os.setxattr("tree/hard", "user.note", b"of an attribute")
with open("tree/sparse", "wb") as f: f.seek(5_000_000); f.write(b"end")'
      sync() { rsync -aHAXS --modify-window=-1 --delete --out-format=%n "$@"; }
      out=$(mktemp -d -p "$1") && sync tree/ "$out/" > /dev/null && sync "$out/" back/ > /dev/null
      sync tree/ "$out/"; sync --checksum "$out/" back/; sync --checksum tree/ back/
      echo changed > tree/d3/file3; sync tree/ back/
      rm -rf tree back "$out"`,
      volume.backing.replace(/backing$/, ''),
    )
    expect(output.split('\n').filter((line) => !line.endsWith('/'))).toEqual(['d3/file3'])
  })

  it(`dd: a file of ${MEBIBYTES} MiB is read as it was written, after a mount by another server too`, async () => {
    const source = `openssl enc -aes-256-ctr -K ${'11'.repeat(32)} -iv ${'00'.repeat(16)} -in /dev/zero 2>/dev/null | head -c ${MEBIBYTES}M`
    const [sum] = (await shell(`(${source} || true) | sha256sum`)).split(' ')
    const written = await shell(
      `(${source} || true) | dd of=large bs=1M iflag=fullblock conv=fsync status=none; sha256sum < large`,
    )
    await volume.stop()
    await volume.start()
    const again = await shell('dd if=large bs=64K status=none | sha256sum; stat -c %s large; rm large')
    expect([written, again]).toEqual([`${sum}  -`, `${sum}  -\n${MEBIBYTES * 2 ** 20}`])
  })
})

/** A project that needs two packages, which are archives beside it: what npm does, without a registry. */
async function makeProject(folder: string): Promise<void> {
  const packageOf = (name: string, more: object = {}) => JSON.stringify({ name, version: '1.0.0', ...more })
  for (const name of ['one', 'two']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'package.json'), packageOf(name))
    writeFileSync(join(folder, name, 'index.js'), `module.exports = '${name}'`)
    for (let i = 0; i < 100; i++) writeFileSync(join(folder, name, `file ${i}.js`), `// ${i}\n`.repeat(i))
  }
  const build = `node -e "require('fs').writeFileSync('built', require('one') + ' ' + require('two'))"`
  const dependencies = { one: 'file:one-1.0.0.tgz', two: 'file:two-1.0.0.tgz' }
  writeFileSync(join(folder, 'package.json'), packageOf('project', { scripts: { build }, dependencies }))
  await shell('cd "$1" && for name in one two; do npm pack --silent ./$name > /dev/null; done', folder)
  await shell('cd "$1" && npm install --silent --offline --package-lock-only --no-audit --no-fund', folder)
}
