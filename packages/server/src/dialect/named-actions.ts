import { type Action, actions, HufuError, type WireForm } from '@hufu/wire'
import type { NamedAction } from './dialect.ts'

/** The action table by one dialect's names. */
export function namedActions(dialect: 'aws' | 'tencent', rows: readonly Action[] = actions): Map<string, NamedAction> {
  const named = new Map<string, NamedAction>()
  for (const action of rows) {
    const form: WireForm<never, unknown> | undefined = action[dialect]
    if (form !== undefined) named.set(form.name, { action, form })
  }
  return named
}

/** Throws `InvalidAction`. */
export function actionNamed(named: ReadonlyMap<string, NamedAction>, name: string): NamedAction {
  const found = named.get(name)
  if (found !== undefined) return found
  throw new HufuError('InvalidAction', `expected an action of the API, received ${JSON.stringify(name.slice(0, 80))}`)
}
