import type { SigV4Credentials } from '@hufu/wire'

/** Credentials that sign requests in either dialect; `sessionToken` where they are temporary. */
export type Credentials = SigV4Credentials

/** Asked before every request: it caches, and renews what ends. */
export type CredentialsProvider = () => Promise<Credentials>

export const asProvider = (credentials: Credentials | CredentialsProvider): CredentialsProvider =>
  typeof credentials === 'function' ? credentials : async () => credentials
