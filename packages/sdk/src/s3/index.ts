export { objectKeys } from './object-keys.ts'
export type { S3ObjectName } from './object-name.ts'
export { proxiedObject } from './proxied-object.ts'
export { type SealedObjectOptions, sealedObject } from './sealed-object.ts'
