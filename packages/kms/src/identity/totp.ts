import { createHmac } from 'node:crypto'
import { equalBytes } from '@hufu/crypto'

/** Seconds of one step. */
const STEP = 30
const DIGITS = 1_000_000
/** Steps that the device's clock may be off, either way. */
const DRIFT = 1

/** The code of one time step: RFC 6238 with HMAC-SHA-1 and six digits; truncation as RFC 4226, 5.3. */
export function totpCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', seed).update(counter).digest()
  const offset = (digest[19] ?? 0) & 0xf
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % DIGITS).padStart(6, '0')
}

/** The step whose code it is, near `now` (milliseconds) and after `lastStep`; null when there is none. */
export function totpStep(seed: Uint8Array, code: string, now: number, lastStep: number): number | null {
  const current = Math.floor(now / 1000 / STEP)
  const shown = Buffer.from(code)
  let found: number | null = null
  // Every candidate is computed, so that the time tells nothing.
  for (let step = current - DRIFT; step <= current + DRIFT; step++)
    if (equalBytes(Buffer.from(totpCode(seed, step)), shown) && step > lastStep) found ??= step
  return found
}
