import { Secret } from '@hufu/crypto'
import type { KeyBackend } from '@hufu/kms'
import type { BackendOptions } from '../open-backend.ts'
import type { Method, Started } from './messages.ts'
import { RandomPool } from './random-pool.ts'
import { TokenThread } from './token-thread.ts'

/** All backends share one thread, for a PKCS#11 library has one state in a process. */
let shared: { readonly thread: TokenThread; users: number } | null = null
let last = 0

/** As `openBackend`, in a thread of its own: the event loop goes on while the token works. */
export async function openThreadedBackend(options: BackendOptions): Promise<KeyBackend> {
  const use = useThread()
  const backend = ++last
  const call = (method: Method, ...input: readonly unknown[]) => use.thread.call({ backend, method, input })
  try {
    return proxy((await call('start', options)) as Started, call, use.release)
  } catch (error) {
    await use.release()
    throw error
  }
}

type CallThread = (method: Method, ...input: readonly unknown[]) => Promise<unknown>

/** The types are those of the backend on the other side. */
function proxy({ description, protection }: Started, call: CallThread, release: () => Promise<void>): KeyBackend {
  const bytes = call as (...called: Parameters<CallThread>) => Promise<Uint8Array>
  const random = new RandomPool((size) => bytes('random', size))
  let closing: Promise<void> | null = null
  return {
    description,
    protection: (spec) => protection[spec],
    generate: (...input) => call('generate', ...input) as ReturnType<KeyBackend['generate']>,
    importKey: (...input) => call('importKey', ...input) as ReturnType<KeyBackend['importKey']>,
    exportKeys: (...input) => call('exportKeys', ...input) as ReturnType<KeyBackend['exportKeys']>,
    receiveKeys: (...input) => call('receiveKeys', ...input) as ReturnType<KeyBackend['receiveKeys']>,
    seal: (...input) => bytes('seal', ...input),
    open: (...input) => bytes('open', ...input),
    sign: (...input) => bytes('sign', ...input),
    decrypt: (...input) => bytes('decrypt', ...input),
    mac: (...input) => bytes('mac', ...input),
    agree: (...input) => bytes('agree', ...input),
    decapsulate: async (...input) => Secret.take(await bytes('decapsulate', ...input)),
    random: (size) => random.take(size),
    forget: (id) => void call('forget', id).catch(() => {}),
    ready: () => call('ready') as Promise<void>,
    close() {
      random[Symbol.dispose]()
      closing ??= call('close').then(release, release)
      return closing
    },
  }
}

function useThread() {
  shared ??= { thread: new TokenThread(), users: 0 }
  const own = shared
  own.users += 1
  return {
    thread: own.thread,
    async release(): Promise<void> {
      own.users -= 1
      if (own.users > 0) return
      if (shared === own) shared = null
      await own.thread.close()
    },
  }
}
