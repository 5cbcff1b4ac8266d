import type { Call, Request } from '../kms.ts'
import type { Reads, Writes } from '../store/store.ts'

const everything = { keyId: '*', change: 'policy' } as const

/** A change after which what was decided about anybody may no longer hold: every cache is told. */
export async function changeAccess<T>(
  call: Call,
  request: Request,
  act: (writes: Reads & Writes) => Promise<T>,
): Promise<T> {
  const result = await call.changeRows(request, async (writes) => {
    const result = await act(writes)
    await writes.announce(everything)
    return result
  })
  call.kms.events.publish(everything)
  return result
}
