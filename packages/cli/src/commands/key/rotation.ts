import type { Command } from 'commander'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import { printObject, type Row } from '../../output/result.ts'
import type { SystemOptions } from '../../system/connect.ts'
import { type Apis, keyCommandOf, once, withApis } from './change-command.ts'
import { wholeNumber } from './schedule-deletion.ts'

interface RotationOptions extends SystemOptions {
  readonly on?: boolean
  readonly off?: boolean
  readonly days?: number
}

/** Shows the rotation of a key, after turning it on or off where that is asked. */
export const rotationCommand = (): Command =>
  keyCommandOf('rotation', 'show the automatic rotation of a key, or turn it on or off')
    .option('--on', 'rotate every 365 days')
    .option('--days <DAYS>', 'rotate every so many days, 7 to 365', wholeNumber)
    .option('--off', 'rotate by hand only')
    .action(async (keyId: string, { on, off, days, ...options }: RotationOptions) => {
      const status = await withApis(options, async (apis) => {
        if (off === true) await apis.aws.call('DisableKeyRotation', { KeyId: keyId }, once)
        else if (on === true || days !== undefined)
          await apis.aws.call('EnableKeyRotation', { KeyId: keyId, RotationPeriodInDays: days }, once)
        return rotationOf(apis, keyId)
      })
      printObject(status, options.json === true)
    })

const rotations = z.object({ Rotations: z.array(z.object({ RotationDate: z.number(), RotationType: z.string() })) })

async function rotationOf({ aws }: Apis, keyId: string): Promise<Row> {
  const status = camelCase(await aws.call('GetKeyRotationStatus', { KeyId: keyId })) as Row
  const { Rotations } = rotations.parse(await aws.call('ListKeyRotations', { KeyId: keyId, Limit: 1000 }))
  return { ...status, rotations: camelCase(Rotations) }
}
