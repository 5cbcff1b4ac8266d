import type { Caller, KeyOperations } from '@hufu/wire'
import { identityOperations } from './identity-calls.ts'
import { Call } from './kms.ts'
import type { KmsParts } from './kms-parts.ts'
import * as aliases from './operations/aliases.ts'
import * as asymmetric from './operations/asymmetric.ts'
import * as bindings from './operations/bindings.ts'
import * as encapsulation from './operations/encapsulation.ts'
import * as hostedDataKeyLife from './operations/hosted-data-key-life.ts'
import * as hostedDataKeys from './operations/hosted-data-keys.ts'
import * as imports from './operations/import.ts'
import * as keys from './operations/keys.ts'
import * as macs from './operations/macs.ts'
import * as multiRegion from './operations/multi-region.ts'
import * as postQuantum from './operations/post-quantum.ts'
import * as reEncryption from './operations/re-encrypt.ts'
import * as rotation from './operations/rotation.ts'
import * as smallData from './operations/small-data.ts'
import * as tags from './operations/tags.ts'

/** Every operation: a function of the call and its input. */
const operations = {
  ...smallData,
  ...reEncryption,
  ...keys,
  ...aliases,
  ...tags,
  ...bindings,
  ...rotation,
  ...asymmetric,
  ...macs,
  ...imports,
  ...hostedDataKeys,
  ...hostedDataKeyLife,
  ...multiRegion,
  ...postQuantum,
  ...encapsulation,
  ...identityOperations,
}

type Operations = typeof operations
type OfCaller<T> = T extends (call: Call, ...inputs: infer Inputs) => infer Output
  ? (...inputs: Inputs) => Output
  : never
type CallerKeys = { readonly [Name in keyof Operations]: OfCaller<Operations[Name]> }

class BoundCall extends Call {}

for (const [name, operation] of Object.entries(operations))
  Object.defineProperty(BoundCall.prototype, name, {
    value(this: BoundCall, ...inputs: never[]): unknown {
      return (operation as (call: Call, ...inputs: never[]) => unknown)(this, ...inputs)
    },
  })

/** The operations of one caller. */
export const callerKeys = (kms: KmsParts, caller: Caller, dryRun = false): KeyOperations & CallerKeys =>
  new BoundCall(kms, caller, dryRun) as unknown as CallerKeys
