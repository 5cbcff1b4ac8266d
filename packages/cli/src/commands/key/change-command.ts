import type { ApiClient } from '@hufu/sdk'
import { Command } from 'commander'
import { printObject } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { keyDetails } from './key-details.ts'

export interface Apis {
  readonly aws: ApiClient
  readonly tencent: ApiClient
}

/** Both of the running system's APIs: each has some of the actions. */
export const withApis = <T>(options: SystemOptions, use: (apis: Apis) => Promise<T>): Promise<T> =>
  withApi('aws', options, (aws) => withApi('tencent', options, (tencent) => use({ aws, tencent })))

/** A command on one key, which comes first among its arguments. */
export const keyCommandOf = (name: string, about: string): Command =>
  systemOptions(new Command(name).description(about).argument('<KEY>', 'its id, its ARN, or alias/NAME'))

/** Changes the key, then shows it as it is. */
export async function changeKey(
  options: SystemOptions,
  keyId: string,
  change: (apis: Apis) => Promise<unknown>,
): Promise<void> {
  const key = await withApis(options, async (apis) => {
    await change(apis)
    return keyDetails(apis.tencent, keyId)
  })
  printObject(key, options.json === true)
}

/** What is asked once: the first try may have done it. */
export const once = { changes: true }
