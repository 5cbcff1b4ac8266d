import type { Action } from './action.ts'
import { aliases } from './aliases.ts'
import { asymmetric } from './asymmetric.ts'
import { bindings } from './bindings.ts'
import { cam } from './cam/index.ts'
import { cryptography } from './cryptography.ts'
import { dataKeyPairs } from './data-key-pairs.ts'
import { encapsulation } from './encapsulation.ts'
import { grants } from './grants.ts'
import { hostedDataKeys } from './hosted-data-keys.ts'
import { iam } from './iam/index.ts'
import { imports } from './import.ts'
import { keyAgreement } from './key-agreement.ts'
import { keyPolicies } from './key-policies.ts'
import { keys } from './keys.ts'
import { lifecycle } from './lifecycle.ts'
import { macs } from './macs.ts'
import { multiRegion } from './multi-region.ts'
import { postQuantum } from './post-quantum.ts'
import { rotation } from './rotation.ts'
import { service } from './service.ts'
import { sts } from './sts/index.ts'
import { tags } from './tags.ts'

export { type Action, action, type Service, type WireForm } from './action.ts'
export { type RefusedAction, refusedAws, refusedIdentities, refusedTencent } from './refused.ts'
export { replicaKeyProofText, replicaMessage, replicaMessageJson } from './replica-message.ts'

/** Everything that can be asked of the KMS: the server, docs/api.md, the console and the tests read this table. */
export const actions: readonly Action[] = [
  ...keys,
  ...lifecycle,
  ...aliases,
  ...tags,
  ...bindings,
  ...rotation,
  ...cryptography,
  ...dataKeyPairs,
  ...asymmetric,
  ...macs,
  ...keyAgreement,
  ...encapsulation,
  ...imports,
  ...postQuantum,
  ...hostedDataKeys,
  ...multiRegion,
  ...service,
  ...keyPolicies,
  ...grants,
  ...iam,
  ...cam,
  ...sts,
]
