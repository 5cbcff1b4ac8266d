import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { checkVolume, mountVolume, readHeader } from '../src/index.ts'
import { whileMounted } from './support/mounting.ts'
import { unsafeOpenService } from './support/unsafe-open-service.mjs'
import { watchMount } from './support/watchdog.ts'

// Volumes of format 1, as they were written once: they must open for ever, and the broken ones must stay broken.
const golden = fileURLToPath(new URL('../../../test/golden/volume-v1', import.meta.url))
const services = [unsafeOpenService]
let work = ''
afterEach(() => rmSync(work, { recursive: true, force: true }))

const packer = fileURLToPath(new URL('./support/volume_json.py', import.meta.url))

/** Git keeps no attributes, holes or modes, so that the volumes are JSON. */
function unpacked(name: string): string {
  work = mkdtempSync(join(tmpdir(), 'hufu-golden-'))
  const directory = join(work, 'volume')
  mkdirSync(directory)
  execFileSync('python3', [packer, 'unpack', join(golden, `${name}.json`), directory])
  return directory
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

describe.each(['aes-4096', 'aes-65536', 'sm4-4096'])('the golden volume %s', (name) => {
  it('opens, and has what was put in', async () => {
    const directory = unpacked(name)
    const mountpoint = join(work, 'mnt')
    mkdirSync(mountpoint)
    const mounted = await mountVolume({ directory, mountpoint, services, readOnly: true })
    const watchdog = watchMount(mountpoint)
    try {
      const at = (...names: string[]) => join(mountpoint, ...names)
      expect(readdirSync(mountpoint).sort()).toEqual(
        ['empty', 'file', 'link', 'n'.repeat(255), 'sparse', '虎符'].sort(),
      )
      expect(readFileSync(at('file')).equals(Buffer.alloc(20_000, 'golden '))).toBe(true)
      expect(readFileSync(at('n'.repeat(255)), 'utf8')).toBe('long name')
      expect(readFileSync(at('虎符', 'inner'), 'utf8')).toBe('inner')
      expect([statSync(at('empty')).size, statSync(at('sparse')).size]).toEqual([0, 1_000_003])
      expect(digest(readFileSync(at('sparse')))).toBe(
        digest(Buffer.concat([Buffer.alloc(1_000_000), Buffer.from('end')])),
      )
      expect(readlinkSync(at('link'))).toBe('虎符/inner')
      const note = execFileSync('python3', [
        '-c',
        'import os, sys; print(os.getxattr(sys.argv[1], "user.note").decode())',
        at('file'),
      ])
      expect(String(note).trim()).toBe('golden note')
    } finally {
      mounted.unmount(true)
      await mounted.ended
      watchdog.stop()
    }
    expect((await checkVolume({ directory, services })).findings).toEqual([])
  })
})

describe('the golden volume with integrity', () => {
  it('opens, and nothing in it is older than it should be', async () => {
    const directory = unpacked('integrity-aes-4096')
    const mountpoint = join(work, 'mnt')
    mkdirSync(mountpoint)
    const log: string[] = []
    const onLog = (line: string) => log.push(line)
    const mounted = await mountVolume({ directory, mountpoint, services, readOnly: true, onLog })
    const watchdog = watchMount(mountpoint)
    try {
      expect(readdirSync(mountpoint).sort()).toEqual(['empty', 'file', '虎符'])
      expect(readFileSync(join(mountpoint, 'file')).equals(Buffer.alloc(20_000, 'golden '))).toBe(true)
      expect(readFileSync(join(mountpoint, '虎符', 'inner'), 'utf8')).toBe('inner')
      expect(log).toEqual([])
    } finally {
      mounted.unmount(true)
      await mounted.ended
      watchdog.stop()
    }
    expect((await checkVolume({ directory, services })).findings).toEqual([])
  })

  it('is refused without what is known of it', async () => {
    const directory = unpacked('broken-integrity-forgotten')
    await expect(checkVolume({ directory, services })).rejects.toMatchObject({ code: 'RolledBack' })
  })
})

const pack = (directory: string): unknown => {
  const file = join(work, 'packed.json')
  execFileSync('python3', [packer, 'pack', directory, file])
  return JSON.parse(readFileSync(file, 'utf8'))
}

describe.each(['aes-4096', 'sm4-65536'])('the golden reverse view %s', (name) => {
  it('is shown of its plain directory today as it was, byte for byte', async () => {
    const directory = unpacked(`reverse-${name}-plain`)
    const expected: { path: string }[] = JSON.parse(readFileSync(join(golden, `reverse-${name}-shown.json`), 'utf8'))
    await whileMounted(directory, join(work, 'shown'), { reverse: true }, () =>
      expect(pack(join(work, 'shown'))).toEqual(expected),
    )
  })

  it('opens as a volume, and has what the plain directory has', async () => {
    const directory = unpacked(`reverse-${name}-shown`)
    const expected: { path: string }[] = JSON.parse(readFileSync(join(golden, `reverse-${name}-plain.json`), 'utf8'))
    await whileMounted(directory, join(work, 'mnt'), { readOnly: true }, () =>
      expect(pack(join(work, 'mnt'))).toEqual(expected.filter(({ path }) => path !== '.hufu.volume')),
    )
    expect((await checkVolume({ directory, services })).findings).toEqual([])
  })
})

describe('a broken golden reverse view', () => {
  it.each([
    ['plain-header', 'DamagedHeader'],
    ['plain-newer', 'NewerFormat'],
  ])('is refused, and nothing shown: %s', async (name, code) => {
    const directory = unpacked(`broken-reverse-${name}`)
    const shown = whileMounted(directory, join(work, 'shown'), { reverse: true }, () => {})
    await expect(shown).rejects.toMatchObject({ code })
  })

  it('has the bad block of a copy told', async () => {
    const { findings } = await checkVolume({ directory: unpacked('broken-reverse-copy-bad-block'), services })
    expect(findings).toMatchObject([{ kind: 'block', path: 'file', detail: expect.stringMatching(/^1 of 5 .*: 3$/) }])
  })
})

describe('a broken golden volume', () => {
  it.each([
    ['bad-block', ['block']],
    ['bad-header', ['header']],
    ['moved-name', ['name']],
    ['bad-target', ['target']],
    ['bad-attribute', ['attribute']],
    ['no-directory-id', ['directory']],
    ['integrity-old-block', ['old']],
    ['integrity-old-entry', ['old']],
    ['integrity-missing-entry', ['old']],
  ])('%s is told as such', async (name, kinds) => {
    const { findings } = await checkVolume({ directory: unpacked(`broken-${name}`), services })
    expect(findings.map(({ kind }) => kind)).toEqual(kinds)
  })

  it('of a newer format is refused as such', async () => {
    await expect(readHeader(unpacked('broken-newer'))).rejects.toMatchObject({ code: 'NewerFormat' })
  })

  it('with a changed header is refused', async () => {
    const directory = unpacked('broken-volume-header')
    await expect(checkVolume({ directory, services })).rejects.toMatchObject({ code: 'DamagedHeader' })
  })
})
