import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))
const command = join(root, 'packages', 'cli', 'bin', 'hufu.js')
const exec = promisify(execFile)

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly region: string
  readonly kmsEndpoint: string
  readonly s3Endpoint: string
  readonly consoleUrl: string
}

export interface Output {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A running `hufu up` on a data directory of its own, as a user has it: the built command line in a process. */
export class Hufu implements AsyncDisposable {
  readonly data: string
  readonly credentials: Credentials
  /** What `up` printed before it was ready. */
  readonly printed: string
  readonly #child: ChildProcess

  private constructor(data: string, child: ChildProcess, printed: string) {
    this.data = data
    this.#child = child
    this.printed = printed
    this.credentials = JSON.parse(readFileSync(join(data, 'credentials.json'), 'utf8'))
  }

  /** Starts on the directory given, or a new one. Throws with all that it printed when it does not come up. */
  static async start(data = mkdtempSync(join(tmpdir(), 'hufu-e2e-')), ...args: string[]): Promise<Hufu> {
    const child = spawn(
      process.execPath,
      [command, 'up', '--data', data, '--kms-port', '0', '--s3-port', '0', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let printed = ''
    const ready = new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        printed += chunk
        if (printed.includes('Hufu is ready')) resolve()
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.on('close', (code, signal) => reject(new Error(`hufu up ended with ${code ?? signal}:\n${printed}`)))
    })
    await ready
    return new Hufu(data, child, printed)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** The environment that the printed lines set. */
  get env(): NodeJS.ProcessEnv {
    const { accessKeyId, secretAccessKey, region } = this.credentials
    return {
      ...process.env,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_PAGER: '',
    }
  }

  /** The unmodified `aws` command against the endpoint of the service. Never throws for an exit code. */
  aws(service: 's3' | 's3api' | 'kms', ...args: string[]): Promise<Output> {
    return this.#aws(this.env, service, args)
  }

  #aws(env: NodeJS.ProcessEnv, service: string, args: string[]): Promise<Output> {
    const { kmsEndpoint, s3Endpoint } = this.credentials
    return run('aws', ['--endpoint-url', service === 'kms' ? kmsEndpoint : s3Endpoint, service, ...args], env)
  }

  /** The same system, for somebody with another secret. */
  withSecret(secretAccessKey: string): Pick<Hufu, 'aws'> {
    const env = { ...this.env, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    return { aws: (service, ...args) => this.#aws(env, service, args) }
  }

  /** The `hufu` command on this system. */
  hufu(...args: string[]): Promise<Output> {
    return run(process.execPath, [command, ...args], { ...process.env, HUFU_DATA: this.data })
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    return (await exited)[0]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Runs `hufu` with no system behind it. */
export const hufuCommand = (args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Output> =>
  run(process.execPath, [command, ...args], env)

/** Runs a program to its end. Never throws for an exit code. */
export async function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Output> {
  try {
    const { stdout, stderr } = await exec(file, args, { env, maxBuffer: 64 * 2 ** 20 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}
