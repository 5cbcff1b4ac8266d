import { type ApiClient, apiClient } from '@hufu/sdk'
import type { Command } from 'commander'
import { findSystem, httpOptions, type Whereabouts } from './find-system.ts'

export interface SystemOptions extends Whereabouts {
  readonly json?: boolean
}

/** The options of every command that talks to a running system. */
export const systemOptions = (command: Command): Command =>
  command
    .option('--data <DIR>', 'the data directory of the running hufu (HUFU_DATA), .hufu unless told')
    .option('--endpoint <URL>', 'the KMS (HUFU_ENDPOINT), with credentials from the environment')
    .option('--region <REGION>', 'the region that requests are signed for')
    .option('--ca <FILE>', "the CA, in PEM, that the system's certificate must be of (HUFU_CA)")
    .option(
      '--client-cert <FILE>',
      'a client certificate in PEM that proves who asks, without an access key (HUFU_CLIENT_CERT)',
    )
    .option('--client-key <FILE>', 'its private key in PEM (HUFU_CLIENT_KEY)')
    .option('--json', 'print JSON')

/** Calls the running system's API and closes the connection. */
export async function withApi<T>(
  wire: 'aws' | 'tencent',
  options: SystemOptions,
  use: (api: ApiClient) => Promise<T>,
): Promise<T> {
  const api = apiClient({ wire, ...httpOptions(await findSystem(options)) })
  try {
    return await use(api)
  } finally {
    await api.close()
  }
}
