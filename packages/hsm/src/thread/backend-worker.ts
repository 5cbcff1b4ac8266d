// The thread that backends are called in: many calls in a message, and the answers of one turn in one.
import { parentPort } from 'node:worker_threads'
import { Secret } from '@hufu/crypto'
import { type KeyBackend, keySpecs } from '@hufu/kms'
import { type BackendOptions, openBackend } from '../open-backend.ts'
import { toForm } from './error-form.ts'
import { callsOf, flatAnswers, isBytesAnswer } from './flat.ts'
import type { Answer, Call, Message, Started } from './messages.ts'
import { pack, unpack } from './packed.ts'

const backends = new Map<number, KeyBackend>()
let answers: Answer[] = []

parentPort?.on('message', async ({ flat, other }: Message) => {
  await Promise.all([...callsOf(flat), ...(unpack(other) as readonly Call[])].map(answer))
  flat.memory.fill(0)
  other.memory.fill(0)
})

async function answer({ call, ...asked }: Call): Promise<void> {
  try {
    give({ call, output: await outputOf(asked) })
  } catch (error) {
    give({ call, error: toForm(error) })
  }
}

async function outputOf({ backend: id, method, input }: Omit<Call, 'call'>): Promise<unknown> {
  if (method === 'start') return start(id, input[0] as BackendOptions)
  const backend = backends.get(id)
  if (backend === undefined) throw new TypeError('expected a backend that is open, received a closed one')
  if (method === 'close') backends.delete(id)
  // The other side calls by the interface's own types.
  return (backend[method] as (...input: readonly unknown[]) => unknown)(...input)
}

async function start(id: number, options: BackendOptions): Promise<Started> {
  const backend = await openBackend(options)
  backends.set(id, backend)
  const protection = Object.fromEntries(keySpecs.map((spec) => [spec, backend.protection(spec)]))
  return { description: backend.description, protection: protection as Started['protection'] }
}

function give(answer: Answer): void {
  if (answers.length === 0) setImmediate(send)
  answers.push(answer)
}

function send(): void {
  const flat = flatAnswers(answers.filter(isBytesAnswer))
  const other = pack(answers.filter((answer) => !isBytesAnswer(answer)).map(bare))
  answers.forEach(wipe)
  answers = []
  parentPort?.postMessage({ flat, other } satisfies Message, [flat.memory.buffer, other.memory.buffer])
}

/** A secret goes as its bytes. */
const bare = (answer: Answer): Answer =>
  'output' in answer && answer.output instanceof Secret ? { call: answer.call, output: answer.output.bytes() } : answer

/** What was copied into the message is of no more use here. */
function wipe(answer: Answer): void {
  if (!('output' in answer)) return
  if (answer.output instanceof Secret) answer.output[Symbol.dispose]()
  if (answer.output instanceof Uint8Array) answer.output.fill(0)
}
