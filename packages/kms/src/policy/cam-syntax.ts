import { z } from 'zod'
import { camAction } from './cam-actions.ts'
import { conditions, principalsOf, statementsOf, texts } from './document.ts'
import { camOperator } from './operators.ts'
import { type Syntax, serviceAction, type WrittenPolicy } from './syntax.ts'

const statement = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  action: texts,
  resource: texts.optional(),
  principal: principalsOf(['qcs', 'service', 'federated']).optional(),
  condition: conditions.optional(),
})

const document = z.strictObject({ version: z.literal('2.0'), statement: statementsOf(statement) })

const USER = /^qcs::cam::uin\/(\d{1,12}):uin\/(\d{1,32})$/
const ROOT = /^qcs::cam::uin\/(\d{1,12}):root$/
const FEDERATED = /^qcs::cam::uin\/(\d{1,12}):oidc-provider\/([\w.:/~-]{1,255})$/
const ROLE = /^qcs::cam::uin\/(\d{1,12}):roleName\/([\w+=,.@-]{1,128})$/
const ANYONE = 'qcs::cam::anonymous:anonymous'
const SERVICE = /^[a-z0-9.-]+$/
const OWNER = /^uin\/(\d{1,12}|\*)$/
const CREATOR = /^(\w+)\/creatorUin\/[\d*]+\//

const account = (uin: string): string => (uin === '*' ? uin : uin.padStart(12, '0'))

/** `qcs:PROJECT:SERVICE:REGION:uin/OWNER:RESOURCE` as an ARN; an empty region or owner is any. */
function resource(text: string): string | null {
  if (text === '*') return text
  const [scheme, project, service, region, owner, ...rest] = text.split(':')
  if (scheme !== 'qcs' || project === undefined || service === undefined || rest.length === 0) return null
  const uin = owner === '' ? '*' : OWNER.exec(owner ?? '')?.[1]
  if (uin === undefined || service === '') return null
  return ['arn:aws', service, region === '' ? '*' : region, account(uin), rest.join(':').replace(CREATOR, '$1/')].join(
    ':',
  )
}

/** A main account's uin with itself is the account; a sub-user's is a user whose name is its uin. */
function principal(kind: string, text: string): string | null {
  if (kind === 'service') return SERVICE.test(text) ? text : null
  if (kind === 'federated') {
    const [, uin = '', host] = FEDERATED.exec(text) ?? []
    return host === undefined ? null : `arn:aws:iam::${account(uin)}:oidc-provider/${host}`
  }
  if (text === '*' || text === ANYONE) return '*'
  const root = ROOT.exec(text)?.[1]
  if (root !== undefined) return account(root)
  const [, owner = '', user] = USER.exec(text) ?? ROLE.exec(text) ?? []
  if (user === undefined) return null
  if (ROLE.test(text)) return `arn:aws:iam::${account(owner)}:role/${user}`
  return user === owner ? account(owner) : `arn:aws:iam::${account(owner)}:user/${user}`
}

/** CAM's JSON, version 2.0. */
export const camSyntax: Syntax = {
  names: {
    statements: 'statement',
    action: 'action',
    notAction: 'not_action',
    resource: 'resource',
    notResource: 'not_resource',
    principal: 'principal',
    notPrincipal: 'not_principal',
    condition: 'condition',
  },
  action(text) {
    const action = serviceAction(text.replace(/^name\//, ''))
    return action === null ? null : camAction(action)
  },
  resource,
  principal,
  operator: camOperator,
  expected: {
    action: '"*" or SERVICE:ACTION, with or without "name/"; of cam one action or all',
    resource: '"*" or six parts: qcs:PROJECT:SERVICE:REGION:uin/OWNER:RESOURCE',
    principal: '"*", qcs::cam::uin/OWNER:uin/USER or qcs::cam::uin/OWNER:roleName/ROLE',
  },
}

/** Throws `ZodError`. */
export function readCam(value: unknown): WrittenPolicy {
  const { statement: statements } = document.parse(value)
  return {
    syntax: camSyntax,
    statements: statements.map((written) => ({
      ...written,
      sid: null,
      principal: written.principal as Readonly<Record<string, readonly string[]>> | undefined,
    })),
  }
}
