import type { Kms } from '@hufu/kms'

/** What the server needs of the KMS: the domain for one caller, who callers are, the audit, and whether it is up. */
export interface KmsPort extends Pick<Kms, 'accountId' | 'answers' | 'as' | 'events' | 'proof' | 'ready' | 'region'> {
  readonly identities: Pick<Kms['identities'], 'certified' | 'find' | 'used'>
  readonly audit: Pick<Kms['audit'], 'append' | 'list'>
}
