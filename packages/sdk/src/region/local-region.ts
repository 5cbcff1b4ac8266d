import { HufuError } from '@hufu/wire'
import { readDataDirectory } from '../credentials/data-directory.ts'
import { proofOf } from '../http/client-certificate.ts'
import { trustOf } from '../http/trust.ts'
import { type HufuRegionOptions, hufuRegion, type OpenRegion } from './hufu-region.ts'

export interface LocalRegionOptions extends Pick<HufuRegionOptions, 'name' | 'events' | 'attempts' | 'deadline'> {
  /** HUFU_DATA, or `.hufu`, unless told. */
  readonly data?: string
}

/**
 * The Hufu whose data directory is on this machine, by its credentials or by the client certificate that HUFU_CLIENT_CERT
 * names. Throws `MissingAuthentication` where there is none.
 */
export async function localRegion({ data, ...options }: LocalRegionOptions = {}): Promise<OpenRegion> {
  const directory = data ?? process.env.HUFU_DATA ?? '.hufu'
  const local = await readDataDirectory(directory)
  if (local === null) throw new HufuError('MissingAuthentication', `expected a Hufu that was started on ${directory}`)
  const { accessKeyId, secretAccessKey, region, kmsEndpoint: endpoint, caFile: written } = local
  const trust = trustOf(endpoint, { written })
  return hufuRegion({ ...options, ...trust, ...proofOf({ accessKeyId, secretAccessKey }), endpoint, region })
}
