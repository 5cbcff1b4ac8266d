import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { Secret } from '@hufu/crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import type { SystemOptions } from '../../system/connect.ts'
import { type Apis, changeKey, keyCommandOf, once } from './change-command.ts'
import { type Wrapping, wrapMaterial, wrappingKeySpec, wrappings } from './wrap-material.ts'

interface ImportOptions extends SystemOptions {
  readonly wrapping: Wrapping
  readonly validTo?: number
}

const parameters = z.object({ ImportToken: z.base64(), PublicKey: z.base64() })

/** The whole ceremony: asks for the parameters, encrypts the material to their key, and imports it. */
export const importCommand = (): Command =>
  keyCommandOf('import', 'bring your own material into a key that was made with --external')
    .argument('<FILE>', 'the raw material: 32 bytes for AES_256, 16 for SM4; - for stdin')
    .addOption(
      new Option('--wrapping <ALGORITHM>', 'how it travels').choices([...wrappings]).default('RSAES_OAEP_SHA_256'),
    )
    .option('--valid-to <TIME>', 'when it is destroyed, as 2030-01-31T00:00:00Z; never unless told', secondsOf)
    .action((keyId: string, file: string, options: ImportOptions) =>
      changeKey(options, keyId, (apis) => bring(apis, keyId, file, options)),
    )

async function bring({ tencent }: Apis, keyId: string, file: string, options: ImportOptions): Promise<void> {
  const { wrapping, validTo = 0 } = options
  using material = Secret.take(file === '-' ? await buffer(process.stdin) : await readFile(file))
  const asked = { KeyId: keyId, WrappingAlgorithm: wrapping, WrappingKeySpec: wrappingKeySpec(wrapping) }
  const { ImportToken, PublicKey } = parameters.parse(await tencent.call('GetParametersForImport', asked, once))
  const wrapped = wrapMaterial(wrapping, Buffer.from(PublicKey, 'base64'), material)
  const EncryptedKeyMaterial = Buffer.from(wrapped).toString('base64')
  await tencent.call('ImportKeyMaterial', { KeyId: keyId, ImportToken, EncryptedKeyMaterial, ValidTo: validTo }, once)
}

function secondsOf(text: string): number {
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError('expected a time as 2030-01-31T00:00:00Z')
  return Math.floor(milliseconds / 1000)
}
