import { vi } from 'vitest'

export type Implementation = typeof import('../../src/index.ts')

/** The package with its native addon, and with the portable twins alone. */
export async function implementations(): Promise<{ name: string; crypto: Implementation }[]> {
  const native = await load('native', undefined)
  const portable = await load('portable', 'off')
  return [native, portable]
}

async function load(name: string, setting: string | undefined): Promise<{ name: string; crypto: Implementation }> {
  vi.resetModules()
  vi.stubEnv('HUFU_NATIVE', setting)
  const crypto = await import('../../src/index.ts')
  vi.unstubAllEnvs()
  return { name, crypto }
}
