import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { KmsServer } from '../kms-server.ts'
import { REGION } from '../kms-server.ts'
import type { Client, Outcome, Parameters } from './case.ts'

/** What a version of a client knows of an action. */
export interface Known {
  readonly members: readonly string[]
  /** The errors that its own model documents. */
  readonly errors: readonly string[]
}

export interface PythonClient extends Client {
  readonly model: Readonly<Record<string, Known>>
}

/**
 * boto3, or the code of the aws command, of the `python3` on the path, in one process for many calls:
 * one JSON line a question, one JSON line an answer. `more` goes to its environment.
 */
export async function pythonClient(
  script: 'boto3' | 'aws',
  { server, root, dir }: Pick<KmsServer, 'server' | 'root' | 'dir'>,
  more: Readonly<Record<string, string>> = {},
): Promise<PythonClient> {
  const path = fileURLToPath(new URL(`./${script}_worker.py`, import.meta.url))
  const { PATH, HOME } = process.env
  const child = spawn('python3', [path, dir], {
    env: {
      PATH,
      HOME,
      PYTHONDONTWRITEBYTECODE: '1',
      AWS_ENDPOINT_URL_OF_TEST: server.url,
      AWS_ACCESS_KEY_ID: root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      AWS_PAGER: '',
      ...more,
    },
  })
  const lines = linesOf(child)
  const model: Record<string, Known> = JSON.parse(await lines.next())
  return {
    model,
    knows: (action, request) => {
      const known = model[action]
      return known !== undefined && Object.keys(request).every((name) => known.members.includes(name))
    },
    async call(action, request) {
      child.stdin.write(`${JSON.stringify({ action, request: withBytes(request) })}\n`)
      return JSON.parse(await lines.next()) as Outcome
    },
    async close() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** Throws, with what the process said last, when it ends before its answer. */
function linesOf(child: ChildProcessWithoutNullStreams): { next(): Promise<string> } {
  let said = ''
  child.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2_000)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async next() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`expected an answer of python3, received its end: ${said}`)
      return value
    },
  }
}

const withBytes = (request: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? { $bytes: value.toString('base64') } : value,
    ]),
  )
