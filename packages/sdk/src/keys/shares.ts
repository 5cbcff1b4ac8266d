import { Secret } from '@hufu/crypto'
import { combine, split } from 'shamir-secret-sharing'

/** As many shares of the secret, any `threshold` of which give it back: 33 bytes each. */
export async function makeShares(secret: Secret, count: number, threshold: number): Promise<readonly Secret[]> {
  const shares = await split(secret.bytes(), count, threshold)
  return shares.map((share) => Secret.take(share))
}

/** What the shares were made of, or something else when they are not enough or not of one secret. */
export async function combineShares(shares: readonly Secret[]): Promise<Secret> {
  return Secret.take(await combine(shares.map((share) => share.bytes())))
}
