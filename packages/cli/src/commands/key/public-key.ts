import type { Command } from 'commander'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import { printObject, type Row } from '../../output/result.ts'
import { type SystemOptions, withApi } from '../../system/connect.ts'
import { keyCommandOf } from './change-command.ts'

const answer = z.object({ KeyId: z.string(), PublicKey: z.string(), PublicKeyPem: z.string() })

/** The PEM alone, for a pipe or a file; with --json the base64 of its DER too. */
export const publicKeyCommand = (): Command =>
  keyCommandOf('public-key', 'print the public key of a key pair, as PEM').action(
    async (keyId: string, options: SystemOptions) => {
      const shown = await withApi('tencent', options, async (api) =>
        answer.parse(await api.call('GetPublicKey', { KeyId: keyId })),
      )
      if (options.json === true) printObject(camelCase(shown) as Row, true)
      else process.stdout.write(shown.PublicKeyPem)
    },
  )
