import { BackendUnavailable } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import { tolerate } from './pkcs11-failure.ts'

export interface Cryptoki {
  readonly api: pkcs11.PKCS11
  /** Goes up with each restart: handles from before it are gone, and their numbers may come again for other things. */
  readonly generation: number
  /** Initialises the library anew, for everybody who shares it: some see a token that came back only then. */
  restart(): void
  /** Runs what calls the library off the event loop; meanwhile it is not restarted, and must not be closed. */
  offLoop<T>(work: () => Promise<T>): Promise<T>
  /** Idempotent; the last one that closes finalises the library. */
  close(): void
}

interface Loaded {
  readonly api: pkcs11.PKCS11
  readonly configuration: string | undefined
  users: number
  generation: number
  busy: number
}

/** The library is called from the thread pool too (PKCS#11 v2.40, 5.4). */
const threads = { flags: pkcs11.CKF_OS_LOCKING_OK }

/** By path: a PKCS#11 library has one state in a process. */
const loaded = new Map<string, Loaded>()

/**
 * Loads and initialises a PKCS#11 library, or shares it when it is loaded already. `configuration` is the value of
 * SOFTHSM2_CONF for it: the library reads it once, so two of them in one process are refused.
 */
export function openCryptoki(library: string, configuration?: string): Cryptoki {
  const module = loaded.get(library) ?? load(library, configuration)
  if (module.configuration !== configuration)
    throw new BackendUnavailable(
      `expected one token directory in a process, received ${configuration} beside ${module.configuration}`,
    )
  module.users += 1
  let open = true
  return {
    api: module.api,
    get generation() {
      return module.generation
    },
    restart() {
      if (module.busy > 0) throw new BackendUnavailable('the library can not be restarted while it makes a key')
      module.generation += 1
      tolerate([pkcs11.CKR_CRYPTOKI_NOT_INITIALIZED], () => module.api.C_Finalize())
      module.api.C_Initialize(threads)
    },
    async offLoop(work) {
      module.busy += 1
      try {
        return await work()
      } finally {
        module.busy -= 1
      }
    },
    close() {
      if (!open) return
      open = false
      module.users -= 1
      if (module.users === 0) unload(library, module)
    },
  }
}

function load(library: string, configuration: string | undefined): Loaded {
  if (configuration !== undefined) process.env.SOFTHSM2_CONF = configuration
  const api = new pkcs11.PKCS11()
  try {
    api.load(library)
    tolerate([pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED], () => api.C_Initialize(threads))
  } catch (cause) {
    throw new BackendUnavailable(`expected a PKCS#11 library that starts, received ${library}`, { cause })
  }
  const module = { api, configuration, users: 0, generation: 0, busy: 0 }
  loaded.set(library, module)
  return module
}

function unload(library: string, { api }: Loaded): void {
  loaded.delete(library)
  api.C_Finalize()
  api.close()
}
