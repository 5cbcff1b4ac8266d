import type { KeyBackend } from './key-backend.ts'

/** One thing that every backend does. `open` gives a backend over the same root key each time. */
export interface BackendCheck {
  readonly name: string
  run(open: () => Promise<KeyBackend>): Promise<void>
}

export const check = (name: string, act: (backend: KeyBackend) => Promise<void>): BackendCheck => ({
  name,
  async run(open) {
    const backend = await open()
    try {
      await act(backend)
    } finally {
      await backend.close()
    }
  },
})
