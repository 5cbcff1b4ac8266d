import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { readCredentials } from '../system/credentials-file.ts'
import { type Address, addressOf, type System, trusting, type Whereabouts } from '../system/find-system.ts'

const file = z.string().min(1).optional()

const region = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    endpoint: z.url({ protocol: /^https?$/ }).optional(),
    credentials: file,
    ca: file,
    clientCert: file,
    clientKey: file,
  })
  .refine(
    ({ credentials, endpoint, clientCert }) => credentials !== undefined || (endpoint && clientCert) !== undefined,
    'expected credentials, or an endpoint with clientCert and clientKey',
  )

const schema = z.strictObject({ regions: z.array(region).min(1) })

export interface NamedSystem {
  readonly name: string
  readonly system: System
}

export interface RegionEntry {
  readonly name: string
  /** Reads its credentials file, of a system that may have started later. Throws `CliError`. */
  read(): Promise<System>
}

/** What is named for all regions; what a region's entry names comes before it. */
type Named = Pick<Whereabouts, 'ca' | 'clientCert' | 'clientKey'>

/** The regions that a file names; its paths are relative to itself. Throws `CliError`. */
export async function regionEntries(file: string, named: Named): Promise<readonly RegionEntry[]> {
  const { regions } = await parse(file)
  const there = (path: string): string => resolve(dirname(file), path)
  return regions.map((entry) => ({
    name: entry.name,
    read: async () => trusting(await address(entry, there), { ...named, ...filesOf(entry, there) }),
  }))
}

type Entry = z.infer<typeof region>
type There = (path: string) => string

async function address({ name, endpoint, credentials }: Entry, there: There): Promise<Address> {
  const kmsEndpoint = endpoint?.replace(/\/$/, '')
  if (credentials === undefined) return { region: name, kmsEndpoint: kmsEndpoint ?? '' }
  const written = addressOf(await readCredentials(there(credentials)))
  return kmsEndpoint === undefined ? written : { ...written, kmsEndpoint }
}

const filesOf = ({ ca, clientCert, clientKey }: Entry, there: There): Named => ({
  ...(ca === undefined ? {} : { ca: there(ca) }),
  ...(clientCert === undefined ? {} : { clientCert: there(clientCert) }),
  ...(clientKey === undefined ? {} : { clientKey: there(clientKey) }),
})

/** The systems of a regions file, all of which have started. Throws `CliError`. */
export async function readRegions(file: string, named: Named): Promise<readonly NamedSystem[]> {
  const entries = await regionEntries(file, named)
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
