import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Hufu, type Output, run } from './support/hufu.ts'
import { withOwnMounts } from './support/own-mounts.ts'
import { startWithVolume } from './support/with-volume.ts'

// Each test is several processes that start, one after the other.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const work = mkdtempSync(join(realpathSync(tmpdir()), 'hufu-e2e-eight-'))
// Names that fstab has to escape, and longer in bytes than in characters.
const [backing, mountpoint] = [join(work, `密 文 ${'虎符'.repeat(40)}`), join(work, 'plain text 明文')]
let hufu: Hufu

beforeAll(async () => {
  hufu = await startWithVolume(backing, mountpoint)
})
afterAll(async () => {
  await hufu?.[Symbol.asyncDispose]()
  rmSync(work, { recursive: true, force: true })
})

/** Runs a script with mounts of its own. It ends with nothing mounted at the mount point. */
const alone = (script: string, at: string, args: string[], env: NodeJS.ProcessEnv): Promise<Output> =>
  withOwnMounts(`trap 'umount -l "$at" 2>/dev/null || true' EXIT\n${script}`, args, { ...env, at })

/** A server that was just unmounted keeps the volume until it has ended. */
const PATIENTLY = `patiently() { for i in $(seq 120); do if "$@"; then return; fi; sleep 0.5; done; return 1; }`

/** Where mount(8) looks for helpers there is the one of this type, and no more. */
const WITH_HELPER = `${PATIENTLY}
mount -t tmpfs none "$(readlink -f /sbin)" && ln -s "$1" /sbin/mount.hufu`

const byMount = (script: string, ...args: string[]): Promise<Output> => {
  const helper = join(root, 'packages', 'cli', 'bin', 'mount.hufu.js')
  const { HUFU_DATA: _, ...env } = process.env
  return alone(`${WITH_HELPER}\n${script}`, mountpoint, [helper, ...args], env)
}

describe('mount(8)', () => {
  it('mounts a line of fstab, leaves it when all are mounted again, and unmounts it', async () => {
    const fstab = join(work, 'fstab')
    const place = (path: string) => path.replaceAll(' ', '\\040')
    const options = `data=${hufu.data},allow_other,nofail,noatime,x-systemd.requires=hufu.service`
    writeFileSync(fstab, `${place(backing)}  ${place(mountpoint)}  hufu  ${options}  0 0\n`)
    const { code, stdout, stderr } = await byMount(
      `mount -T "$2" "$at"; echo sealed > "$at/letter"
       mount -a -T "$2"; mount -a -T "$2"; findmnt -rno FSTYPE,FS-OPTIONS "$at"; findmnt -no SOURCE "$at"
       umount "$at"; ls -A "$at"; patiently mount -a -T "$2"; cat "$at/letter"; umount "$at"`,
      fstab,
    )
    expect(`${code} ${code === 0 ? '' : stderr}`.trim()).toBe('0')
    const [type, source, letter] = stdout.trimEnd().split('\n')
    expect(type).toMatch(/^fuse\.hufu rw,.*allow_other/)
    expect([source, letter]).toEqual([backing, 'sealed'])
  })

  it('mounts by the type and options of its own command line, and refuses what it does not know', async () => {
    const { code, stdout, stderr } = await byMount(
      `for odd in odd noexec remount; do mount -t hufu -o "data=$2,$odd" "$3" "$at" && exit 1; done
       mount -t hufu -o "data=$2" "$3/absent" "$at" && exit 1; mount -t hufu -o "data=$2/absent" "$3" "$at" && exit 1
       patiently mount -v -t hufu -o "ro,data=$2" "$3" "$at"; cat "$at/letter"; ! touch "$at/other"; umount "$at"`,
      hufu.data,
      backing,
    )
    expect(`${code} ${code === 0 ? '' : stderr}`.trim()).toBe('0')
    expect(stdout).toContain('sealed')
    for (const told of ["'--odd'", "'--noexec'", "'--remount'", 'no volume here', 'Read-only file system'])
      expect(stderr).toContain(told)
  })
})

/** A /dev that has FUSE for everybody, and the program where everybody reads it. */
const FOR_ALL = `mount -t tmpfs none /dev
for device in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "/dev/\${device%:*}" c 1 "\${device#*:}"; done
mknod -m 666 /dev/fuse c 10 229
mkdir program && touch node && mount --bind "$1" program && mount --bind "$2" node
as() { who=$1; shift; setpriv --reuid "$who" --regid "$who" --clear-groups "$@"; }
hufu() { as 65534 ./node program/packages/cli/bin/hufu.js "$@"; }`

describe('a user who is not root', () => {
  it('makes a volume, mounts it by fusermount3 for themselves alone, checks and unmounts it', async () => {
    const home = join(work, 'home')
    mkdirSync(home)
    chmodSync(work, 0o711)
    const env = { ...hufu.env, HUFU_ENDPOINT: hufu.credentials.kmsEndpoint, HOME: home, XDG_STATE_HOME: home }
    const { code, stdout, stderr } = await alone(
      `${PATIENTLY}\ncd "$3" && chown 65534:65534 "$3" && chmod 755 "$3"
       ${FOR_ALL}\nas 65534 mkdir "$at"
       hufu volume init cipher -k alias/volume; hufu mount cipher "$at"; as 65534 sh -c 'echo mine > "$1/letter"' sh "$at"
       stat -c '%u %g' "$at/letter" && exit 1; as 1 cat "$at/letter" && exit 1; hufu volume check cipher
       hufu umount "$at"; hufu mount --allow-other cipher "$at" && exit 1
       patiently hufu mount cipher "$at"; as 65534 stat -c '%u %U %s' "$at/letter"; as 65534 cat "$at/letter"; hufu umount "$at"`,
      join(home, 'mnt'),
      [root, process.execPath, home],
      env,
    )
    expect(`${code} ${code === 0 ? '' : stderr}`.trim()).toBe('0')
    expect(stdout).toMatch(/found +0\n65534 nobody 5\nmine\n$/)
    expect(stderr).toContain('user_allow_other')
  })
})

describe('a systemd mount unit', () => {
  it('is as the documentation shows it', async () => {
    const text = readFileSync(join(root, 'docs', 'volume.md'), 'utf8')
    const [, unit = ''] = /```ini\n(\[Unit\]\n[^`]*)```/.exec(text) ?? []
    expect(unit).toContain('Type=hufu')
    writeFileSync(join(work, 'mnt-plain.mount'), unit)
    expect(await run('systemd-analyze', ['verify', join(work, 'mnt-plain.mount')], process.env)).toMatchObject({
      code: 0,
    })
    writeFileSync(join(work, 'other.mount'), unit)
    expect(await run('systemd-analyze', ['verify', join(work, 'other.mount')], process.env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("doesn't match"),
    })
  })
})
