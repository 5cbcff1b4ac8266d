import {
  type Action,
  actions,
  HufuError,
  refusedAws,
  refusedIdentities,
  refusedTencent,
  type WireForm,
} from '@hufu/wire'
import type { NamedAction } from './dialect.ts'

/** The action table by one dialect's names. */
export function namedActions(
  dialect: 'aws' | 'query' | 'tencent',
  rows: readonly Action[] = actions,
): Map<string, NamedAction> {
  const named = new Map<string, NamedAction>()
  for (const action of rows) {
    const form: WireForm<never, unknown> | undefined = action[dialect]
    if (form !== undefined) named.set(versioned(form.version, form.name), { action, form })
  }
  return named
}

/** The APIs of one dialect may have actions of one name: a version that is not KMS's own goes before it. */
export const versioned = (version: string | undefined, name: string): string =>
  version === undefined ? name : `${version} ${name}`

const refused = {
  query: new Map<string, string>(),
  aws: new Map(refusedAws.map(({ name, why }) => [name, why])),
  tencent: new Map(
    [...refusedTencent, ...refusedIdentities].map(({ name, why, version }) => [versioned(version, name), why]),
  ),
}

/** Throws `NotSupported` for what the API has and this server has not, and `InvalidAction` for what it has not. */
export function actionNamed(
  dialect: 'aws' | 'query' | 'tencent',
  named: ReadonlyMap<string, NamedAction>,
  name: string,
  version?: string,
): NamedAction {
  const found = named.get(versioned(version, name))
  if (found !== undefined) return found
  const why = refused[dialect].get(versioned(version, name))
  if (why !== undefined) throw new HufuError('NotSupported', `${name} is not supported: ${why}`)
  throw new HufuError('InvalidAction', `expected an action of the API, received ${JSON.stringify(name.slice(0, 80))}`)
}
