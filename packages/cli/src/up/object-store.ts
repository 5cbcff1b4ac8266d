import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directoryStore, type ObjectStore } from '@hufu/s3-proxy'
import { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { checkTrust } from './check-trust.ts'
import type { Settings } from './settings.ts'
import { readCa } from './tls/read-ca.ts'

const CA_FLAG = '--s3-backend-ca'

const credentials = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) })

/**
 * Where the S3 proxy keeps its ciphertext: the data directory, or an S3 endpoint, whose SDK is loaded only then. Throws
 * `CliError`, also when the endpoint's certificate is not of its CA; one that does not answer may do so later.
 */
export async function objectStore(settings: Settings, data: string): Promise<ObjectStore> {
  const { s3Backend: endpoint, s3BackendRegion: region, s3BackendCredentials: file, s3BackendCa: caFile } = settings
  if (endpoint === undefined) return directoryStore(join(data, 'objects'))
  if (file === undefined)
    throw new CliError(
      exitCode.usage,
      `expected the credentials of ${endpoint}`,
      'name a JSON file: --s3-backend-credentials',
    )
  const trust = caFile === undefined ? {} : { ca: await readCa(caFile, CA_FLAG) }
  const options = { endpoint, region, credentials: await readBackendCredentials(file), ...trust }
  await checkTrust(endpoint, trust.ca, CA_FLAG)
  const { s3Store } = await import('@hufu/s3-proxy/s3-store')
  return s3Store(options)
}

async function readBackendCredentials(file: string): Promise<z.infer<typeof credentials>> {
  try {
    return credentials.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const hint = 'it is JSON: {"accessKeyId": "…", "secretAccessKey": "…"}'
    throw new CliError(exitCode.cannotStart, `can not read the credentials in ${file}`, hint, { cause })
  }
}
