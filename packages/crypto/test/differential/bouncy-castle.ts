import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { bytes, hex } from '../vectors.ts'

/** Where Debian's libbcprov-java puts it. */
const JAR = '/usr/share/java/bcprov.jar'

/** One operation of BouncyCastle.java and its arguments. */
export type Request = readonly [operation: string, ...arguments_: Uint8Array[]]

let classes: string | undefined

/** Compiled once for a test file. */
function compiled(): string {
  if (classes !== undefined) return classes
  classes = mkdtempSync(join(tmpdir(), 'hufu-bouncy-castle-'))
  const source = fileURLToPath(new URL('BouncyCastle.java', import.meta.url))
  execFileSync('javac', ['-cp', JAR, '-d', classes, source])
  return classes
}

afterAll(() => {
  if (classes !== undefined) rmSync(classes, { recursive: true })
})

/** The answers of BouncyCastle, started once for all requests; null is a refusal. */
export function bouncyCastle(requests: readonly Request[]): (Uint8Array | null)[] {
  const { status, stdout, stderr } = spawnSync('java', ['-cp', `${JAR}:${compiled()}`, 'BouncyCastle'], {
    input: requests.map(line).join(''),
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  })
  const answers = stdout.split('\n').slice(0, -1)
  if (status !== 0 || answers.length !== requests.length)
    throw new Error(`expected ${requests.length} answers of BouncyCastle, received ${answers.length}: ${stderr}`)
  return answers.map((answer) => (answer === 'refused' ? null : bytes(answer === '-' ? '' : answer)))
}

const line = ([operation, ...arguments_]: Request): string =>
  `${[operation, ...arguments_.map((argument) => hex(argument) || '-')].join(' ')}\n`
