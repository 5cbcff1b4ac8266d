import type { KmsParts } from '../kms-parts.ts'

export interface Claim {
  readonly name: string
  readonly holder: string
  /** Milliseconds for which it holds when its holder dies. */
  readonly life: number
}

/** Does the work under a claim, or nothing while another process has it. */
export async function claimed(
  { store, clock }: Pick<KmsParts, 'store' | 'clock'>,
  { name, holder, life }: Claim,
  work: () => Promise<void>,
): Promise<void> {
  const now = clock()
  if (!(await store.claim(name, holder, now, now + life))) return
  await work().finally(() => store.release(name, holder))
}
