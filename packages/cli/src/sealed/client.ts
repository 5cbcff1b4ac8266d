import { Hufu, hufuRegion } from '@hufu/sdk'
import type { Command } from 'commander'
import { type SystemOptions, systemOptions } from '../system/connect.ts'
import { findSystem, httpOptions } from '../system/find-system.ts'
import { type NamedSystem, readRegions } from './regions-file.ts'

export interface ClientOptions extends SystemOptions {
  readonly regions?: string
}

/** The options of commands that seal or open under the keys of one system or of several regions. */
export const clientOptions = (command: Command): Command =>
  systemOptions(command).option('--regions <FILE>', 'several KMS by name, for keys like a:alias/films (HUFU_REGIONS)')

/** Runs with a client of the systems, and closes its connections. */
export async function withClient<T>(options: ClientOptions, use: (hufu: Hufu) => Promise<T>): Promise<T> {
  const regions = (await systems(options)).map(({ name, system }) =>
    hufuRegion({ name, ...httpOptions(system), events: false }),
  )
  try {
    using hufu = new Hufu({ regions })
    return await use(hufu)
  } finally {
    await Promise.all(regions.map((region) => region.close()))
  }
}

async function systems(options: ClientOptions): Promise<readonly NamedSystem[]> {
  const named = options.data ?? options.endpoint
  const file = options.regions ?? (named === undefined ? process.env.HUFU_REGIONS : undefined)
  if (file !== undefined) return readRegions(file, options)
  const system = await findSystem(options)
  return [{ name: system.region, system }]
}
