import { z } from 'zod'
import { type Action, action } from './action.ts'

const none = z.strictObject({}).transform((): null => null)

const getRegions = action<null, string>({
  permission: 'kms:GetRegions',
  changes: false,
  inServer: true,
  call: async (_keys, _input, { region }) => region,
  tencent: { name: 'GetRegions', request: none, answer: (region) => ({ Regions: [region] }) },
})

const algorithms = (rows: Readonly<Record<string, string>>) =>
  Object.entries(rows).map(([KeyUsage, Algorithm]) => ({ KeyUsage, Algorithm }))

const listAlgorithms = action<null, null>({
  permission: 'kms:ListAlgorithms',
  changes: false,
  inServer: true,
  call: async () => null,
  tencent: {
    name: 'ListAlgorithms',
    request: none,
    answer: () => ({
      SymmetricAlgorithms: [
        { KeyUsage: 'ENCRYPT_DECRYPT', Algorithm: 'AES_256' },
        { KeyUsage: 'ENCRYPT_DECRYPT', Algorithm: 'SM4' },
      ],
      AsymmetricAlgorithms: algorithms({
        ASYMMETRIC_DECRYPT_RSA_2048: 'RSA_2048',
        ASYMMETRIC_DECRYPT_SM2: 'SM2',
      }),
      AsymmetricSignVerifyAlgorithms: algorithms({
        ASYMMETRIC_SIGN_VERIFY_RSA_2048: 'RSA_2048',
        ASYMMETRIC_SIGN_VERIFY_SM2: 'SM2',
        ASYMMETRIC_SIGN_VERIFY_ECC: 'ECC_P256_R1',
      }),
    }),
  },
})

interface Counts {
  readonly keys: number
  readonly dataKeys: number
}

/** What is bought and what it costs has no meaning here; that it works, and how much of it is used, has. */
const getServiceStatus = action<null, Counts>({
  permission: 'kms:ListKeys',
  changes: false,
  async call(keys) {
    const { totalCount } = await keys.listKeys({ limit: 1 })
    const dataKeys = await keys.listDataKeys({ limit: 1 })
    return { keys: totalCount, dataKeys: dataKeys.totalCount }
  },
  tencent: {
    name: 'GetServiceStatus',
    request: none,
    answer: ({ keys, dataKeys }) => ({
      ServiceEnabled: true,
      InvalidType: 1,
      UserLevel: 1,
      ExclusiveVSMEnabled: false,
      ExclusiveHSMEnabled: false,
      CmkUserCount: keys,
      IsAllowedDataKeyHosted: true,
      DataKeyUsedCount: dataKeys,
      IsAllowedSync: false,
    }),
  },
})

/** What the service says of itself. */
export const service: readonly Action[] = [getRegions, listAlgorithms, getServiceStatus]
