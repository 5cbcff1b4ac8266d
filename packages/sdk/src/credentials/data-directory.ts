import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HufuError } from '@hufu/wire'
import { z } from 'zod'

const schema = z.object({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  region: z.string().min(1),
  kmsEndpoint: z.url(),
  /** The certificate, in PEM, of the authority that signed the KMS's, where it is its own. */
  caFile: z.string().optional(),
})

/** A Hufu on this machine: where it is, and the credentials that its start wrote. */
export type LocalHufu = z.infer<typeof schema>

/** Null where there is none. Throws `MissingAuthentication` where its file is not what a start writes. */
export async function readDataDirectory(data: string): Promise<LocalHufu | null> {
  const file = join(data, 'credentials.json')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new HufuError('MissingAuthentication', `expected the credentials of a Hufu in ${file}`, { cause })
  }
}
