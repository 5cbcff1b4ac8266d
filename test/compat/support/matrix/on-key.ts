import type { CreateKeyInput, ErrorCode, KeyState } from '@hufu/wire'
import type { Case, Parameters } from './case.ts'
import type { World } from './world.ts'

/** An action on one key: what it answers for a key in each state, and for one of the wrong kind. */
export interface OnKey {
  readonly action: string
  /** The kind of key that it is for. */
  readonly kind?: CreateKeyInput
  /** The request, for a key that is enabled. */
  request(world: World, KeyId: string): Parameters | Promise<Parameters>
  answer?(request: Parameters, world: World): Record<string, unknown>
  readonly disabled: 'ok' | ErrorCode
  readonly pending: 'ok' | ErrorCode
  /** Whether it can be asked as a dry run. */
  readonly dryRun?: true
  /** A kind of key that it is not for, and the refusal. */
  readonly wrongKind?: { readonly kind: CreateKeyInput; readonly outcome: ErrorCode }
}

export const sym: CreateKeyInput = {}
export const hmac: CreateKeyInput = { spec: 'HMAC_256', use: 'GENERATE_VERIFY_MAC' }
export const ecc: CreateKeyInput = { spec: 'ECC_NIST_P256', use: 'SIGN_VERIFY' }
export const agreement: CreateKeyInput = { spec: 'ECC_NIST_P256', use: 'KEY_AGREEMENT' }
export const kem: CreateKeyInput = { spec: 'ML_KEM_512', use: 'ENCAPSULATE_DECAPSULATE' }
export const rsa: CreateKeyInput = { spec: 'RSA_2048', use: 'ENCRYPT_DECRYPT' }
export const sm2: CreateKeyInput = { spec: 'SM2', use: 'ENCRYPT_DECRYPT' }
export const sm2Signing: CreateKeyInput = { spec: 'SM2', use: 'SIGN_VERIFY' }
export const rsaSigning: CreateKeyInput = { spec: 'RSA_2048', use: 'SIGN_VERIFY' }

/** The cases of one row. */
export function onKeyCases(row: OnKey): readonly Case[] {
  const { action, kind = sym, answer, wrongKind, dryRun } = row
  const inState = (state: KeyState, outcome: Case['outcome'], more: Parameters = {}): Case => ({
    action,
    of: [`a key that is ${state}`, ...Object.keys(more)].join(', '),
    outcome,
    async request(world) {
      const key = await world.key(kind)
      const request = await row.request(world, key)
      await world.put(key, state)
      return { ...request, ...more }
    },
  })
  return [
    { ...inState('Enabled', 'ok'), ...(answer === undefined ? {} : { answer }) },
    inState('Disabled', row.disabled),
    inState('PendingDelete', row.pending),
    ...(dryRun === undefined ? [] : dryRunCases(row, inState)),
    { action, of: 'an unknown key', outcome: 'KeyNotFound', request: (world) => ofUnknown(row, world) },
    ...(wrongKind === undefined ? [] : [wrongKindCase(row, wrongKind)]),
  ]
}

type InState = (state: KeyState, outcome: Case['outcome'], more: Parameters) => Case

const dryRunCases = ({ disabled, pending }: OnKey, inState: InState): readonly Case[] => [
  inState('Enabled', 'DryRun', { DryRun: true }),
  inState('Disabled', disabled === 'ok' ? 'DryRun' : disabled, { DryRun: true }),
  inState('PendingDelete', pending === 'ok' ? 'DryRun' : pending, { DryRun: true }),
]

async function ofUnknown({ kind = sym, request }: OnKey, world: World): Promise<Parameters> {
  const asked = await request(world, await world.key(kind))
  const unknown = 'TargetKeyId' in asked ? { TargetKeyId: world.unknown } : { KeyId: world.unknown }
  return 'CiphertextBlob' in asked
    ? { ...asked, CiphertextBlob: await world.blobOfUnknown() }
    : { ...asked, ...unknown }
}

const wrongKindCase = ({ action, kind = sym, request }: OnKey, wrong: NonNullable<OnKey['wrongKind']>): Case => ({
  action,
  of: `a key of ${JSON.stringify(wrong.kind)}`,
  outcome: wrong.outcome,
  request: async (world) => ({
    ...(await request(world, await world.key(kind))),
    KeyId: await world.shared(wrong.kind),
  }),
})
