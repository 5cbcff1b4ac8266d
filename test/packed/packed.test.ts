import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folders = ['packages', 'integrations'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name)),
)
const names = folders.map((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name as string)
const libraries = names.filter((name) => name !== 'hufu')
const work = mkdtempSync(join(tmpdir(), 'hufu-packed-'))
const [tarballs, project] = [join(work, 'tarballs'), join(work, 'project')]
const exec = promisify(execFile)
/** A user's environment: of the settings of the npm that runs this test, only where Node's headers are. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || name === 'npm_config_nodedir'),
)
const run = (file: string, args: string[], cwd: string) => exec(file, args, { cwd, env, maxBuffer: 64 * 2 ** 20 })

beforeAll(async () => {
  for (const folder of [tarballs, project]) mkdirSync(folder)
  for (const folder of folders)
    await run(join(root, 'node_modules', '.bin', 'pnpm'), ['pack', '--pack-destination', tarballs], folder)
  const dependencies = Object.fromEntries(names.map((name) => [name, `file:${join(tarballs, tarballOf(name))}`]))
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, type: 'module', dependencies }),
  )
  await run('npm', ['install', '--no-audit', '--no-fund'], project)
}, 600_000)
afterAll(() => rmSync(work, { recursive: true, force: true }))

function tarballOf(name: string): string {
  const stem = name.replace('@', '').replace('/', '-')
  return readdirSync(tarballs).find((file) => new RegExp(`^${stem}-\\d`).test(file)) ?? stem
}

async function evaluate(source: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], project)
  return stdout.trim()
}

describe('the packed packages, installed in an empty project', () => {
  it.each(libraries)('%s can be imported', async (name) => {
    expect(Number(await evaluate(`console.log(Object.keys(await import('${name}')).length)`))).toBeGreaterThanOrEqual(0)
  })

  it.each(names)('%s holds no tests, no build directory and no path of this machine', (name) => {
    const files = readdirSync(join(project, 'node_modules', name), { recursive: true, encoding: 'utf8' })
    expect(
      files.filter((file) => /(^|\/)(test|\.turbo)(\/|$)|\.test\./.test(file) && !file.startsWith('node_modules')),
    ).toEqual([])
    for (const file of files.filter((file) => /\.(js|ts|json)$/.test(file) && !file.startsWith('node_modules')))
      expect(readFileSync(join(project, 'node_modules', name, file), 'utf8')).not.toContain(root)
  })

  it('has types that check', async () => {
    const imports = libraries.map((name, i) => `import * as p${i} from '${name}'\nexport const q${i} = p${i}`)
    writeFileSync(join(project, 'types.ts'), imports.join('\n'))
    const types = join(root, 'node_modules', '@types')
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023,esnext.disposable,dom',
    ]
    const { stdout } = await run(
      join(root, 'node_modules', '.bin', 'tsc'),
      [...options, '--typeRoots', types, '--types', 'node', 'types.ts'],
      project,
    )
    expect(stdout).toBe('')
  })

  it('has the native ciphers, without a compiler being asked', async () => {
    const source = `import { native } from './node_modules/@hufu/crypto/dist/native.js'; console.log(native !== null)`
    writeFileSync(join(project, 'native.mjs'), source)
    expect(readdirSync(join(project, 'node_modules', '@hufu', 'crypto', 'prebuilds'))).toContain('linux-x64')
    expect((await run(process.execPath, ['native.mjs'], project)).stdout.trim()).toBe('true')
  })

  it('has the native data path of volumes, and can mount one', async () => {
    const source = `
      import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
      import { initVolume, mountVolume } from '@hufu/fuse'
      const work = mkdtempSync('${join(work, 'volume-')}')
      const [directory, mountpoint] = [work + '/backing', work + '/mnt']
      const service = {
        encrypt: async ({ plaintext }) => ({ keyId: 'k', ciphertext: Uint8Array.from(plaintext) }),
        decrypt: async ({ ciphertext }) => ({ keyId: 'k', plaintext: Uint8Array.from(ciphertext) }),
      }
      mkdirSync(mountpoint)
      await initVolume({ directory, keys: [{ service, keyId: 'k' }] })
      const mounted = await mountVolume({ directory, mountpoint, services: [service] })
      writeFileSync(mountpoint + '/file', 'packed')
      console.log(readFileSync(mountpoint + '/file', 'utf8'))
      mounted.unmount(true)
      await mounted.ended`
    expect(readdirSync(join(project, 'node_modules', '@hufu', 'fuse', 'prebuilds'))).toContain('linux-x64')
    expect(await evaluate(source)).toBe('packed')
  })

  it('has a command line that brings the system up, seals and opens', { timeout: 240_000 }, async () => {
    const args = ['hufu', 'up', '--data', join(work, 'data'), '--kms-port', '0', '--s3-port', '0', '--json']
    const child = spawn('npx', ['--no-install', ...args], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    try {
      const line = await new Promise<string>((resolve, reject) => {
        child.stdout.once('data', (chunk) => resolve(String(chunk)))
        child.once('exit', (code) => reject(new Error(`hufu up ended with ${code}`)))
      })
      const { ready, kmsEndpoint } = JSON.parse(line)
      expect(ready).toBe(true)
      expect((await fetch(`${kmsEndpoint}/readyz`)).status).toBe(200)
      const bin = join(project, 'node_modules', '.bin', 'hufu')
      const hufu = (...args: string[]) => run(bin, [...args, '--data', join(work, 'data')], work)
      await hufu('key', 'create', '--alias', 'films')
      writeFileSync(join(work, 'film'), Buffer.alloc(20 * 2 ** 20, 'reel'))
      await hufu('encrypt', 'film', '-k', 'alias/films', '-o', 'sealed')
      const { stderr } = await hufu('decrypt', 'sealed', '-o', 'opened')
      expect(stderr).toBe('')
      expect(readFileSync(join(work, 'opened')).equals(readFileSync(join(work, 'film')))).toBe(true)
    } finally {
      const gone = new Promise((resolve) => child.once('close', resolve))
      process.kill(-(child.pid ?? 0), 'SIGTERM')
      await gone
    }
  })
})
