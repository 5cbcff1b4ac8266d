import { z } from 'zod'
import { conditions, principalsOf, statementsOf, texts } from './document.ts'
import { iamOperator } from './operators.ts'
import { type Syntax, serviceAction, type WrittenPolicy } from './syntax.ts'

const principals = principalsOf(['AWS', 'Service', 'Federated'])

const statement = z.strictObject({
  Sid: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9 _-]*$/)
    .optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Principal: principals.optional(),
  NotPrincipal: principals.optional(),
  Condition: conditions.optional(),
})

const document = z.strictObject({
  Version: z.literal('2012-10-17'),
  Id: z.string().max(128).optional(),
  Statement: statementsOf(statement),
})

const ACCOUNT = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/
const PRINCIPAL = /^arn:aws:(iam|sts)::\d{12}:[\w+=,.@/-]+$/
const FEDERATED = /^arn:aws:iam::\d{12}:oidc-provider\/[\w.:/~-]{1,255}$/
const SERVICE = /^[a-z0-9.-]+$/

/** IAM's JSON, version 2012-10-17. */
export const iamSyntax: Syntax = {
  names: {
    statements: 'Statement',
    action: 'Action',
    notAction: 'NotAction',
    resource: 'Resource',
    notResource: 'NotResource',
    principal: 'Principal',
    notPrincipal: 'NotPrincipal',
    condition: 'Condition',
  },
  action: serviceAction,
  resource: (text) => (text === '*' || (text.startsWith('arn:') && text.split(':').length >= 6) ? text : null),
  principal: (kind, text) => {
    if (kind === 'Service') return SERVICE.test(text) ? text : null
    if (kind === 'Federated') return FEDERATED.test(text) ? text : null
    if (text === '*') return text
    return ACCOUNT.exec(text)?.[1] ?? (PRINCIPAL.test(text) ? text : null)
  },
  operator: iamOperator,
  expected: {
    action: '"*" or SERVICE:ACTION',
    resource: '"*" or an ARN of six parts',
    principal: '"*", an account of 12 digits, an IAM or STS ARN without wildcards, or a service',
  },
}

/** Throws `ZodError`. */
export function readIam(value: unknown): WrittenPolicy {
  const { Statement } = document.parse(value)
  return {
    syntax: iamSyntax,
    statements: Statement.map((written) => ({
      sid: written.Sid || null,
      effect: written.Effect === 'Allow' ? 'allow' : 'deny',
      action: written.Action,
      notAction: written.NotAction,
      resource: written.Resource,
      notResource: written.NotResource,
      principal: written.Principal as Readonly<Record<string, readonly string[]>> | undefined,
      notPrincipal: written.NotPrincipal as Readonly<Record<string, readonly string[]>> | undefined,
      condition: written.Condition,
    })),
  }
}
