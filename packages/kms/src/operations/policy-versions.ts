import type { PolicyChange, PolicyVersionView } from '@hufu/wire'
import { checkPolicy, conflict, limit, noEntity } from '../directory/checks.ts'
import { changeEntity, checkDescription } from '../directory/entities.ts'
import type { PolicyEntry } from '../directory/entry.ts'
import type { Call } from '../kms.ts'
import { changeOwn, givenPolicy, onPolicy } from './managed-policies.ts'

const MAX_VERSIONS = 5

/** Its default version is another document from now on, and no version more; what is left out stays. */
export function updatePolicy(call: Call, arn: string, { document, description }: PolicyChange): Promise<void> {
  return changeOwn(call, 'CreatePolicyVersion', arn, async (writes, entry) => {
    const text = document === undefined ? undefined : checkPolicy(document, 'identity')
    const versions = entry.versions.map((one) =>
      one.id === entry.defaultVersion && text !== undefined ? { ...one, document: text } : one,
    )
    await changeEntity(writes, 'policy', entry.name, {
      versions,
      updatedAt: call.kms.clock(),
      ...(description === undefined ? {} : { description: checkDescription(description) }),
    })
  })
}

export function createPolicyVersion(
  call: Call,
  arn: string,
  document: string,
  isDefault: boolean,
): Promise<PolicyVersionView> {
  return changeOwn(call, 'CreatePolicyVersion', arn, async (writes, entry) => {
    if (entry.versions.length >= MAX_VERSIONS) throw limit(`expected a policy with fewer than ${MAX_VERSIONS} versions`)
    const version = {
      id: `v${entry.nextVersion}`,
      document: checkPolicy(document, 'identity'),
      createdAt: call.kms.clock(),
    }
    await changeEntity(writes, 'policy', entry.name, {
      versions: [...entry.versions, version],
      nextVersion: entry.nextVersion + 1,
      updatedAt: version.createdAt,
      ...(isDefault ? { defaultVersion: version.id } : {}),
    })
    return { ...version, isDefault }
  })
}

export function getPolicyVersion(call: Call, arn: string, id: string): Promise<PolicyVersionView> {
  return call.run(onPolicy('GetPolicyVersion', arn), async () => {
    const entry = await givenPolicy(call, call.kms.store, arn)
    return { ...givenVersion(entry, id), isDefault: id === entry.defaultVersion }
  })
}

export function listPolicyVersions(call: Call, arn: string): Promise<readonly PolicyVersionView[]> {
  return call.run(onPolicy('ListPolicyVersions', arn), async () => {
    const { versions, defaultVersion } = await givenPolicy(call, call.kms.store, arn)
    return versions.toReversed().map((version) => ({ ...version, isDefault: version.id === defaultVersion }))
  })
}

export function setDefaultPolicyVersion(call: Call, arn: string, id: string): Promise<void> {
  return changeOwn(call, 'SetDefaultPolicyVersion', arn, async (writes, entry) => {
    givenVersion(entry, id)
    await changeEntity(writes, 'policy', entry.name, { defaultVersion: id, updatedAt: call.kms.clock() })
  })
}

export function deletePolicyVersion(call: Call, arn: string, id: string): Promise<void> {
  return changeOwn(call, 'DeletePolicyVersion', arn, async (writes, entry) => {
    if (givenVersion(entry, id).id === entry.defaultVersion)
      throw conflict('expected a version that is not the default')
    await changeEntity(writes, 'policy', entry.name, { versions: entry.versions.filter((one) => one.id !== id) })
  })
}

function givenVersion({ versions, name }: PolicyEntry, id: string) {
  const version = versions.find((one) => one.id === id)
  if (version === undefined) throw noEntity(`version of policy ${name}`, id)
  return version
}
