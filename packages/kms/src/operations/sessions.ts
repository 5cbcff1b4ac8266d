import type {
  AssumedRole,
  AssumeRoleInput,
  CallerIdentity,
  FederatedCredentials,
  SecondFactor,
  SessionCredentials,
  WebIdentityInput,
  WebIdentitySession,
} from '@hufu/wire'
import { HufuError } from '@hufu/wire'
import { parseArn, providerArn, sessionArn } from '../directory/arns.ts'
import { checkPolicy, checkSeconds, invalid, noEntity } from '../directory/checks.ts'
import { readEntry } from '../directory/documents.ts'
import { arnOf } from '../directory/entities.ts'
import type { RoleEntry } from '../directory/entry.ts'
import { policyDocument } from '../directory/managed-policies.ts'
import type { Session } from '../identity/access-key.ts'
import type { NewSession } from '../identity/credentials.ts'
import type { Call, Kept } from '../kms.ts'
import { CompiledPolicy, parsePolicy } from '../policy/index.ts'
import { secondFactor } from './mfa-devices.ts'
import { ROLE_SESSION_MIN } from './roles.ts'

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/
const USER_SESSION_MAX = 129_600
const USER_SESSION_DEFAULT = 43_200
const ROLE_SESSION_DEFAULT = 3_600

export function callerIdentity(call: Call): Promise<CallerIdentity> {
  const { principal, roleArn, entryId } = call.caller
  const { accountId } = call.kms.place
  const session = principal.split('/').at(-1) ?? ''
  return call.observed({ action: 'sts:GetCallerIdentity' }, async () => {
    if (principal === call.kms.principals.rootArn) return { arn: principal, account: accountId, userId: accountId }
    const id = entryId ?? (await call.kms.principals.entity(principal))?.id ?? ''
    return { arn: principal, account: accountId, userId: roleArn === undefined ? id : `${id}:${session}` }
  })
}

export function accessKeyAccount(call: Call, accessKeyId: string): Promise<string> {
  return call.run({ action: 'sts:GetAccessKeyInfo', subject: accessKeyId }, async () => {
    if ((await call.kms.store.accessKey(accessKeyId)) === null) throw noEntity('access key', accessKeyId)
    return call.kms.place.accountId
  })
}

/** The caller's own rights, for a time, with the second factor where one is shown. Not for sessions. */
export function sessionToken(
  call: Call,
  input: { readonly durationSeconds?: number } & SecondFactor,
): Promise<SessionCredentials> {
  return call.prepared({ action: 'sts:GetSessionToken' }, async () => {
    refuseSessions(call)
    const mfaAt = await secondFactor(call, input)
    const seconds = checkSeconds(input.durationSeconds ?? USER_SESSION_DEFAULT, ROLE_SESSION_MIN, USER_SESSION_MAX)
    const entity = await call.kms.principals.entity(call.caller.principal)
    const made = await call.kms.credentials.makeSession(call.caller.principal, {
      entryId: entity?.id ?? null,
      expiresAt: call.kms.clock() + seconds * 1000,
      policies: null,
      ...(mfaAt === undefined ? {} : { mfaAt }),
    })
    return kept(call, made, credentialsOf(made))
  })
}

/** The caller's own rights narrowed by policies; without any they allow nothing. */
export function federationToken(
  call: Call,
  input: { readonly name: string; readonly policies: readonly string[]; readonly durationSeconds?: number },
): Promise<FederatedCredentials> {
  const request = { action: 'sts:GetFederationToken', subject: input.name.slice(0, 64) }
  return call.prepared(request, async () => {
    await call.kms.access.authorise({ ...request, caller: call.caller, key: null })
    refuseSessions(call)
    const seconds = checkSeconds(input.durationSeconds ?? 1_800, 1, USER_SESSION_MAX)
    const entity = await call.kms.principals.entity(call.caller.principal)
    const made = await call.kms.credentials.makeSession(call.caller.principal, {
      entryId: entity?.id ?? null,
      expiresAt: call.kms.clock() + seconds * 1000,
      policies: input.policies.map((document) => checkPolicy(document, 'session')),
    })
    return kept(call, made, { ...credentialsOf(made), arn: call.caller.principal })
  })
}

export function assumeRole(call: Call, input: AssumeRoleInput): Promise<AssumedRole> {
  const request = { action: 'sts:AssumeRole', resource: input.roleArn, subject: input.roleArn }
  return call.prepared(request, async () => {
    const role = await trusted(call, input.roleArn)
    const mfaAt = await secondFactor(call, input)
    const caller = mfaAt === undefined ? call.caller : { ...call.caller, mfaAt }
    const claims = new Map(input.externalId === undefined ? [] : [['sts:ExternalId', [input.externalId]] as const])
    await call.kms.access.authorise({ ...request, caller, claims, key: null, resourcePolicy: role.trust })
    const { made, result } = await openSession(call, role.entry, input, mfaAt)
    return kept(call, made, result)
  })
}

/** For whoever shows a token of a registered issuer, without other credentials. */
export function assumeRoleWithWebIdentity(call: Call, input: WebIdentityInput): Promise<WebIdentitySession> {
  const request = { action: 'sts:AssumeRoleWithWebIdentity', resource: input.roleArn, subject: input.roleArn }
  return call.prepared(request, async () => {
    const { accountId } = call.kms.place
    const { host, subject, audience, claims } = await call.kms.tokens.verify(input.token, input.provider)
    const provider = providerArn(accountId, host)
    const role = await trusted(call, input.roleArn)
    await call.kms.access.authoriseFederated({
      ...request,
      caller: { ...call.caller, principal: provider },
      claims,
      key: null,
      resourcePolicy: role.trust,
    })
    const { made, result } = await openSession(call, role.entry, input, undefined)
    return kept(call, made, { ...result, provider, subject, audience })
  })
}

interface TrustedRole {
  readonly entry: RoleEntry
  readonly trust: CompiledPolicy
}

/** A role that does not exist is refused like one that does not trust the caller. */
async function trusted(call: Call, roleArn: string): Promise<TrustedRole> {
  const parsed = parseArn(roleArn)
  const entry = parsed?.kind === 'role' ? await readEntry(call.kms.store, 'role', parsed.name) : null
  if (entry === null || arnOf(call, 'role', entry) !== roleArn)
    throw new HufuError('AccessDenied', `expected a role that ${call.caller.principal} may assume`)
  return { entry, trust: new CompiledPolicy('trust policy', parsePolicy(entry.trust, 'trust')) }
}

async function openSession(
  call: Call,
  role: RoleEntry,
  input: Pick<AssumeRoleInput, 'roleArn' | 'sessionName' | 'policies' | 'policyArns' | 'durationSeconds'>,
  mfaAt: number | undefined,
): Promise<{ readonly made: NewSession; readonly result: AssumedRole }> {
  if (!SESSION_NAME.test(input.sessionName))
    throw invalid('expected a session name of 2 to 64 letters, digits, +=,.@-_')
  // A session that a session opens lasts an hour at most, or the chain would never end.
  const longest = call.caller.roleArn === undefined ? role.maxSession : ROLE_SESSION_DEFAULT
  const seconds = checkSeconds(
    input.durationSeconds ?? Math.min(ROLE_SESSION_DEFAULT, longest),
    ROLE_SESSION_MIN,
    longest,
  )
  const arn = sessionArn(call.kms.place.accountId, role.name, input.sessionName)
  const session: Omit<Session, 'tokenHash'> = {
    entryId: role.id,
    roleArn: input.roleArn,
    expiresAt: call.kms.clock() + seconds * 1000,
    policies: await narrowing(call, input),
    ...(mfaAt === undefined ? {} : { mfaAt }),
  }
  const made = await call.kms.credentials.makeSession(arn, session)
  const result = { credentials: credentialsOf(made), arn, assumedRoleId: `${role.id}:${input.sessionName}` }
  return { made, result }
}

async function narrowing(
  call: Call,
  { policies = [], policyArns = [] }: Pick<AssumeRoleInput, 'policies' | 'policyArns'>,
): Promise<readonly string[] | null> {
  if (policies.length + policyArns.length === 0) return null
  const documents = policies.map((document) => checkPolicy(document, 'session'))
  for (const arn of policyArns) {
    const document = await policyDocument(call.kms.store, arn)
    if (document === null) throw noEntity('policy', arn)
    documents.push(document)
  }
  return documents
}

function kept<T>(call: Call, { accessKey }: NewSession, result: T): Kept<T> {
  return {
    result,
    async write(writes) {
      await writes.deleteEndedAccessKeys(call.kms.clock())
      await writes.insertAccessKey(accessKey)
    },
  }
}

const credentialsOf = ({ accessKey, secretAccessKey, sessionToken }: NewSession): SessionCredentials => ({
  accessKeyId: accessKey.id,
  secretAccessKey,
  sessionToken,
  expiresAt: accessKey.session?.expiresAt ?? 0,
})

function refuseSessions(call: Call): void {
  if (call.caller.temporary !== true) return
  throw new HufuError('AccessDenied', 'expected lasting credentials, received those of a session')
}
