import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { readCredentials, type SystemCredentials } from '../system/credentials-file.ts'

const schema = z.strictObject({
  regions: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
        endpoint: z.url({ protocol: /^https?$/ }).optional(),
        credentials: z.string().min(1),
      }),
    )
    .min(1),
})

export interface NamedSystem {
  readonly name: string
  readonly system: SystemCredentials
}

/** The systems that a regions file names; its paths are relative to itself. Throws `CliError`. */
export async function readRegions(file: string): Promise<readonly NamedSystem[]> {
  const { regions } = await parse(file)
  return Promise.all(
    regions.map(async ({ name, endpoint, credentials }) => {
      const system = await readCredentials(resolve(dirname(file), credentials))
      return { name, system: endpoint === undefined ? system : { ...system, kmsEndpoint: endpoint.replace(/\/$/, '') } }
    }),
  )
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
