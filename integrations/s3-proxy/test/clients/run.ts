import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a real client to its end, whatever it ends with. */
export async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  try {
    const { stdout, stderr } = await execute(command, [...endpointOf(command, env), ...args], {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error
    const code = 'code' in error && typeof error.code === 'number' ? error.code : 1
    return { code, stdout: String(error.stdout), stderr: String(error.stderr) }
  }
}

/** Debian 12's aws reads no AWS_ENDPOINT_URL (2.13 and newer do). */
const endpointOf = (command: string, { AWS_ENDPOINT_URL: url }: Record<string, string>): readonly string[] =>
  command === 'aws' && url !== undefined ? ['--endpoint-url', url] : []

/** Runs a client that must succeed; returns what it printed. */
export async function ok(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, env)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return stdout
}

/** What every S3 client reads from its environment. */
export const clientEnv = (url: string): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'test-secret',
  AWS_DEFAULT_REGION: 'local-1',
  AWS_REGION: 'local-1',
  AWS_ENDPOINT_URL: url,
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
  AWS_CA_BUNDLE: '',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
})
