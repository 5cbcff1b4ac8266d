import { type Certified, newAuthority } from './certificate-authority.ts'
import { DAY, keptPair, LEFT_DAYS, left } from './kept-pair.ts'

const AUTHORITY_DAYS = 3_650
/** For clients whose clocks are behind. */
export const EARLIER = DAY

const NAMES = { ca: 'Hufu CA', clients: 'Hufu clients CA' } as const

/**
 * An authority of a data directory, made at first need: `ca` signs the certificates of servers, `clients` those of clients.
 * They are two, so that who may issue the one kind can not issue the other.
 */
export const ownAuthority = (data: string, kind: keyof typeof NAMES, now: number): Promise<Certified> =>
  keptPair(
    data,
    kind,
    (held) => left(held, now) > LEFT_DAYS,
    () => newAuthority(NAMES[kind], { from: now - EARLIER, to: now + AUTHORITY_DAYS * DAY }),
  )
