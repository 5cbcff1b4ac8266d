import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Served {
  readonly url: string
  readonly keyId: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of the keys that were made before, and of listing them in pages. */
  readonly created: Tenths
  readonly listed: Tenths
}

/** Milliseconds of the first tenth, of the last tenth and of all. */
export interface Tenths {
  readonly first: number
  readonly last: number
  readonly all: number
}

/** A server in a process of its own, for as long as `use` runs. */
export async function withServer<T>(
  name: string,
  args: readonly string[],
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args)
  try {
    return await use(await firstMessage(child))
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

async function firstMessage(child: ChildProcess): Promise<Served> {
  const message = once(child, 'message').then(([served]) => served as Served)
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code} before it was up`)
  })
  return Promise.race([message, exit])
}
