import { timingSafeEqual } from 'node:crypto'
import type { Caller } from '@hufu/wire'
import type { Session } from './access-key.ts'
import { tokenHash } from './credentials.ts'

/** What a session says of whoever calls with it. */
export const sessionFacts = ({ roleArn, entryId, policies, mfaAt }: Session): Partial<Caller> => ({
  temporary: true,
  ...(roleArn === undefined ? {} : { roleArn }),
  ...(entryId === null ? {} : { entryId }),
  ...(policies === null ? {} : { sessionPolicies: policies }),
  ...(mfaAt === undefined ? {} : { mfaAt }),
})

/** Temporary credentials are a key, a secret and a token; lasting ones have no token. */
export function hasToken(session: Session | undefined, token: string | undefined): boolean {
  if (session === undefined || token === undefined) return session === undefined && token === undefined
  return timingSafeEqual(Buffer.from(session.tokenHash), Buffer.from(tokenHash(token)))
}
