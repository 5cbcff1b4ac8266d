import { setTimeout } from 'node:timers/promises'
import { actions } from '@hufu/wire'

const changes = new Set(actions.flatMap(({ changes, tencent }) => (changes && tencent ? [tencent.name] : [])))

/** The last second in which a call may have been signed. */
const signed = new Map<string, number>()

const second = (): number => Math.floor(Date.now() / 1000)

/**
 * A client of Tencent's that asks for the same change once a second at most: it signs whole seconds and nothing of its
 * own, so the same change again in one second is a repeat, which does not act.
 */
export const paced = <T extends object>(client: T): T =>
  new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function' || !changes.has(String(name))) return method
      return async (...inputs: unknown[]) => {
        const call = `${String(name)} ${JSON.stringify(inputs)}`
        while (second() <= (signed.get(call) ?? 0)) await setTimeout(20)
        try {
          return await method.apply(target, inputs)
        } finally {
          signed.set(call, second())
        }
      }
    },
  })
