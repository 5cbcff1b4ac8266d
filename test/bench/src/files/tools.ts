import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What makes one file of another. */
export interface FileTool {
  readonly name: string
  readonly run: readonly string[]
  readonly output: string
}

const hufu = [process.execPath, fileURLToPath(new URL('../../../../packages/cli/bin/hufu.js', import.meta.url))]

/** Each tool with a file of so many bytes on tmpfs, in the order in which one needs another's result. */
export async function withFileTools<T>(bytes: number, use: (tools: readonly FileTool[]) => Promise<T>): Promise<T> {
  const work = mkdtempSync('/dev/shm/hufu-bench-')
  const at = (name: string): string => join(work, name)
  const data = ['--data', at('data')]
  const kms = spawn(hufu[0] ?? '', [...hufu.slice(1), 'up', '--only', 'kms', '--kms-port', '0', '--json', ...data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(kms, 'exit')
  try {
    await Promise.race([once(kms.stdout, 'data'), ended.then(() => Promise.reject(new Error('the KMS did not start')))])
    writePlain(at('plain'), bytes)
    execFileSync(hufu[0] ?? '', [...hufu.slice(1), 'key', 'create', '--alias', 'bench', ...data])
    return await use(toolsIn(at, data))
  } finally {
    kms.kill()
    await ended
    rmSync(work, { recursive: true, force: true })
  }
}

function toolsIn(at: (name: string) => string, data: readonly string[]): readonly FileTool[] {
  execFileSync('age-keygen', ['-o', at('identity')], { stdio: 'ignore' })
  const recipient = execFileSync('age-keygen', ['-y', at('identity')], { encoding: 'utf8' }).trim()
  const tool = (name: string, output: string, ...run: string[]): FileTool => ({ name, run, output: at(output) })
  const to = (output: string): string[] => ['-o', at(output)]
  return [
    tool('cp', 'copy', 'cp', at('plain'), at('copy')),
    tool('age_encrypt', 'age', 'age', '-r', recipient, ...to('age'), at('plain')),
    tool('hufu_encrypt', 'sealed', ...hufu, 'encrypt', at('plain'), '-k', 'alias/bench', ...to('sealed'), ...data),
    tool('age_decrypt', 'age-opened', 'age', '-d', '-i', at('identity'), ...to('age-opened'), at('age')),
    tool('hufu_decrypt', 'opened', ...hufu, 'decrypt', at('sealed'), ...to('opened'), ...data),
  ]
}

/** Random bytes, a mebibyte of them again and again. */
function writePlain(path: string, bytes: number): void {
  const piece = randomBytes(2 ** 20)
  for (let at = 0; at < bytes; at += piece.length) writeFileSync(path, piece, { flag: 'a' })
}
