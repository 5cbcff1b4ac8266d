import { Command } from 'commander'
import { z } from 'zod'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'

/** Keep it where whoever can change the audit can not change it. */
export function keyCommand(): Command {
  return systemOptions(new Command('key').description('the public key that the audit is signed with, in PEM')).action(
    async (options: SystemOptions) => {
      const answer = await withApi('aws', options, (api) => api.call('HufuService.GetAuditKey', {}))
      const { PublicKey: publicKey } = z.object({ PublicKey: z.string() }).parse(answer)
      process.stdout.write(options.json === true ? `${JSON.stringify({ publicKey })}\n` : publicKey)
    },
  )
}
