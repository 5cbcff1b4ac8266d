export { type BackendOptions, openBackend, type Pkcs11Token } from './open-backend.ts'
export { openThreadedBackend } from './thread/threaded-backend.ts'
