import type { KeyNeed } from './key-need.ts'
import type { KeyLease, Keyring } from './keyring.ts'

/**
 * What the work makes of the keys, which it gets in the order of the needs and may use until it returns. At once when
 * all of them are held, which is nearly always: a promise for every value would cost more than the cipher.
 */
export function withKeys<T>(
  keyring: Keyring,
  needs: readonly KeyNeed[],
  work: (keys: readonly KeyLease[]) => T,
): T | Promise<T> {
  const keys = allHeld(keyring, needs)
  return keys === null ? whenLoaded(keyring, needs, work) : used(keys, work)
}

function allHeld(keyring: Keyring, needs: readonly KeyNeed[]): KeyLease[] | null {
  const keys: KeyLease[] = []
  for (const need of needs) {
    const key = keyring.held(need)
    if (key === null) {
      giveBack(keys)
      return null
    }
    keys.push(key)
  }
  return keys
}

async function whenLoaded<T>(
  keyring: Keyring,
  needs: readonly KeyNeed[],
  work: (keys: readonly KeyLease[]) => T,
): Promise<T> {
  const keys: KeyLease[] = []
  try {
    for (const need of needs) keys.push(await keyring.lease(need))
  } catch (error) {
    giveBack(keys)
    throw error
  }
  return used(keys, work)
}

function used<T>(keys: readonly KeyLease[], work: (keys: readonly KeyLease[]) => T): T {
  try {
    return work(keys)
  } finally {
    giveBack(keys)
  }
}

function giveBack(keys: readonly KeyLease[]): void {
  for (const key of keys) key[Symbol.dispose]()
}
