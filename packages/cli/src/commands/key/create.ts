import { Command, Option } from 'commander'
import { z } from 'zod'
import { printObject } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { keyDetails } from './key-details.ts'

interface CreateOptions extends SystemOptions {
  readonly alias?: string
  readonly description?: string
  readonly spec?: string
  readonly use?: string
}

const specs = ['AES_256', 'SM4', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'SM2', 'HMAC_256']
const uses = ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC']

const created = z.object({ KeyMetadata: z.object({ KeyId: z.string() }) })
const createdWithAlias = z.object({ KeyId: z.string() })

export function createCommand(): Command {
  return systemOptions(new Command('create').description('make a key'))
    .option('--alias <NAME>', 'a name for it')
    .option('--description <TEXT>', 'what it is for')
    .addOption(new Option('--spec <SPEC>', 'its algorithm, AES_256 unless told').choices(specs))
    .addOption(new Option('--use <USE>', 'its purpose, ENCRYPT_DECRYPT unless told').choices(uses))
    .action(async (options: CreateOptions) => {
      const keyId = options.alias === undefined ? await createBare(options) : await createNamed(options)
      printObject(await withApi('tencent', options, (api) => keyDetails(api, keyId)), options.json === true)
    })
}

/** Only the AWS wire makes a key without an alias. */
function createBare({ description, spec, use, ...options }: CreateOptions): Promise<string> {
  const parameters = { Description: description, KeySpec: spec, KeyUsage: use }
  return withApi('aws', options, async (api) => {
    const answer = await api.call('CreateKey', parameters, { changes: true })
    return created.parse(answer).KeyMetadata.KeyId
  })
}

function createNamed({ alias = '', description, spec, use, ...options }: CreateOptions): Promise<string> {
  const parameters = {
    Alias: alias.replace(/^alias\//, ''),
    Description: description,
    KeySpec: spec,
    KeyUsage: use === 'SIGN_VERIFY' ? signUsage(spec) : use,
  }
  return withApi('tencent', options, async (api) => {
    const answer = await api.call('CreateKey', parameters, { changes: true })
    return createdWithAlias.parse(answer).KeyId
  })
}

/** Tencent's usage of a signing key names its algorithm. */
const signUsage = (spec = 'ECC_NIST_P256'): string =>
  `ASYMMETRIC_SIGN_VERIFY_${spec === 'ECC_NIST_P256' ? 'ECC' : spec}`
