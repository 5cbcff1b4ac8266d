import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { readCredentials } from '../system/credentials-file.ts'
import { type System, trusting } from '../system/find-system.ts'

const schema = z.strictObject({
  regions: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
        endpoint: z.url({ protocol: /^https?$/ }).optional(),
        credentials: z.string().min(1),
        ca: z.string().min(1).optional(),
      }),
    )
    .min(1),
})

export interface NamedSystem {
  readonly name: string
  readonly system: System
}

export interface RegionEntry {
  readonly name: string
  /** Reads its credentials file, of a system that may have started later. Throws `CliError`. */
  read(): Promise<System>
}

/**
 * The regions that a file names; its paths are relative to itself. A region's own CA comes before the `ca` file given.
 * Throws `CliError`.
 */
export async function regionEntries(file: string, ca?: string): Promise<readonly RegionEntry[]> {
  const { regions } = await parse(file)
  return regions.map(({ name, endpoint, credentials, ca: own }) => ({
    name,
    async read() {
      const system = await readCredentials(resolve(dirname(file), credentials))
      const there = endpoint === undefined ? system : { ...system, kmsEndpoint: endpoint.replace(/\/$/, '') }
      return trusting(there, own === undefined ? ca : resolve(dirname(file), own))
    },
  }))
}

/** The systems of a regions file, all of which have started. Throws `CliError`. */
export async function readRegions(file: string, ca?: string): Promise<readonly NamedSystem[]> {
  const entries = await regionEntries(file, ca)
  return Promise.all(entries.map(async ({ name, read }) => ({ name, system: await read() })))
}

async function parse(file: string): Promise<z.infer<typeof schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? describe(cause) : String(cause)
    throw new CliError(
      exitCode.usage,
      `can not read the regions of ${file}: ${why}`,
      'write it as {"regions":[{"name":"a","endpoint":"http://127.0.0.1:7350","credentials":"a/credentials.json"}]}',
      { cause },
    )
  }
}

const describe = ({ issues: [issue] }: z.ZodError): string => `${issue?.path.join('.')}: ${issue?.message}`
