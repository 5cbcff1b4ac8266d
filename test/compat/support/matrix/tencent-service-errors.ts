import type { Case } from './case.ts'
import { sym } from './on-key.ts'

const HsmClusterId = 'cls-hsm-1'

/** The actions that take a cluster of HSMs, of which there is none. */
const clustered = ['ListKeys', 'ListKeyDetail', 'ListDataKeys', 'ListDataKeyDetail'].map(
  (action): Case => ({ action, of: 'a cluster', outcome: 'InvalidHsmCluster', request: () => ({ HsmClusterId }) }),
)

/** What Tencent documents of the actions on no key, or on new ones. */
export const tencentServiceErrors: readonly Case[] = [
  ...clustered,
  {
    action: 'CreateKey',
    of: 'a cluster',
    outcome: 'InvalidHsmCluster',
    request: (world) => ({ Alias: world.name(), HsmClusterId }),
  },
  {
    action: 'GenerateDataKey',
    of: 'a cluster',
    outcome: 'InvalidHsmCluster',
    request: async (world) => ({ KeyId: await world.shared(sym), HsmClusterId }),
  },
  {
    action: 'CreateKey',
    of: 'material of an unknown kind',
    outcome: 'InvalidType',
    request: (world) => ({ Alias: world.name(), Type: 3 }),
  },
  {
    action: 'Decrypt',
    of: 'no key to answer to',
    outcome: 'RecipientInvalid',
    request: async (world) => ({
      CiphertextBlob: await world.blob(await world.shared(sym)),
      EncryptionPublicKey: 'no PEM',
    }),
  },
]
