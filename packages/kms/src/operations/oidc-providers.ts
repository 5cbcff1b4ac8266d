import type { OidcProviderView } from '@hufu/wire'
import { parseArn, providerArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { exists, invalid, noEntity } from '../directory/checks.ts'
import { entryId, listEntries, putEntry, readEntry } from '../directory/documents.ts'
import type { OidcProviderEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'

interface NewProvider {
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** The issuer without its scheme, which is its name in ARNs and condition keys. Plain http is for this machine only. */
export function issuerHost(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const plain = parsed?.protocol === 'http:' && loopback.test(parsed.hostname)
  if (parsed === null || (parsed.protocol !== 'https:' && !plain) || parsed.search !== '' || parsed.username !== '')
    throw invalid('expected the https URL of an issuer')
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '')
}

const view = (call: Call, { host, ...entry }: OidcProviderEntry): OidcProviderView => ({
  ...entry,
  arn: providerArn(call.kms.place.accountId, host),
})

const on = (action: string, arn: string) => ({ action: `iam:${action}`, resource: arn, subject: arn })

export async function createOidcProvider(call: Call, input: NewProvider): Promise<OidcProviderView> {
  const asked = { action: 'iam:CreateOpenIDConnectProvider', subject: input.url.slice(0, 2_048) }
  const host = await call.resolve(asked, async () => issuerHost(input.url))
  const arn = providerArn(call.kms.place.accountId, host)
  return call.changeRows(on('CreateOpenIDConnectProvider', arn), async (writes) => {
    if ((await readEntry(writes, 'oidc-provider', host)) !== null) throw exists('provider', host)
    const { url, clientIds, thumbprints } = input
    const entry = { host, url, clientIds, thumbprints, createdAt: call.kms.clock() }
    await putEntry(writes, 'oidc-provider', host, entry)
    return view(call, entry)
  })
}

export function getOidcProvider(call: Call, arn: string): Promise<OidcProviderView> {
  return call.run(on('GetOpenIDConnectProvider', arn), async () => {
    const entry = await readEntry(call.kms.store, 'oidc-provider', parseArn(arn)?.name ?? '')
    if (entry === null) throw noEntity('provider', arn)
    return view(call, entry)
  })
}

export function listOidcProviders(call: Call): Promise<readonly OidcProviderView[]> {
  return call.run({ action: 'iam:ListOpenIDConnectProviders' }, async () =>
    (await listEntries(call.kms.store, 'oidc-provider')).map((entry) => view(call, entry)),
  )
}

/** Sessions that it vouched for go on until they end. */
export function deleteOidcProvider(call: Call, arn: string): Promise<void> {
  return changeAccess(call, on('DeleteOpenIDConnectProvider', arn), async (writes) => {
    const host = parseArn(arn)?.name ?? ''
    if ((await readEntry(writes, 'oidc-provider', host)) === null) throw noEntity('provider', arn)
    await writes.deleteEntry('oidc-provider', entryId(host))
  })
}
