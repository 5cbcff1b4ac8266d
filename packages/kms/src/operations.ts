/**
 * The domain's operations are part of the shared vocabulary, because the action table calls them:
 * packages/wire/src/key-operations.ts. They grow there; the domain implements them.
 */
export type {
  Caller,
  CreateKeyInput,
  EncryptionAlgorithm,
  KeyMetadata,
  KeyOperations,
  KeyPage,
  KeySpec,
  KeyState,
  KeyUse,
  Page,
  ProtectionLevel,
  SigningAlgorithm,
  Transfer,
} from '@hufu/wire'
export { keySpecs } from '@hufu/wire'
