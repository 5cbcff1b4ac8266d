import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const command = fileURLToPath(new URL('../../bin/hufu.js', import.meta.url))

export interface Ended {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs the built command line to its end; `more` is in its environment. */
export function hufu(
  args: readonly string[],
  input: Uint8Array = new Uint8Array(0),
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...more }
    const options = { env, encoding: 'buffer' as const, maxBuffer: 2 ** 28 }
    const child = execFile(process.execPath, [command, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr: stderr.toString() })
    })
    child.stdin?.on('error', () => {}).end(input)
  })
}

/** A KMS in a process and on a data directory of its own. */
export class RunningKms implements AsyncDisposable {
  readonly data = mkdtempSync(join(tmpdir(), 'hufu-cli-'))
  #child: ChildProcess | null = null

  /** On the software token, unless `more` settings say otherwise; without the S3 proxy, unless its port is among them. */
  async start(more: readonly string[] = ['--pkcs11', 'off']): Promise<this> {
    const services = more.includes('--s3-port') ? [] : ['--only', 'kms']
    const args = ['up', ...services, '--kms-port', '0', ...more, '--data', this.data, '--json']
    this.#child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { stdout } = this.#child
    if (stdout === null) throw new Error('expected a pipe')
    await Promise.race([once(stdout, 'data'), once(this.#child, 'exit').then(() => Promise.reject(new Error('ended')))])
    return this
  }

  get credentials(): {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly kmsEndpoint: string
    /** Where the S3 proxy runs too. */
    readonly s3Endpoint?: string
  } {
    return JSON.parse(readFileSync(join(this.data, 'credentials.json'), 'utf8'))
  }

  /** Stops the process where it is, lets it go on, or has it look at its certificate. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void {
    this.#child?.kill(signal)
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child
    if (child === null) return null
    this.#child = null
    child.kill(signal)
    const [code] = await once(child, 'exit')
    return code
  }

  /** A command on this system, whose JSON it printed. */
  async json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await hufu([...args, '--data', this.data, '--json'])
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout.toString())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.data, { recursive: true, force: true })
  }
}
