export { oidcVerifier } from './federate/oidc-verifier.ts'
export type { KmsPort } from './kms-port.ts'
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts'
