import type { HashEngine } from './hash-engine.ts'
import { native } from './native.ts'
import { nativeHash } from './native-hash.ts'
import { opensslHash } from './openssl-hash.ts'

/** The fastest engine that is there. */
export const hashEngine: HashEngine = native === null ? opensslHash : nativeHash(native)
