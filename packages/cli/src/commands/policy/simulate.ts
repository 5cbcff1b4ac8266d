import { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { iamList } from '../../identity/iam-call.ts'
import { showAll } from '../../identity/print.ts'
import type { QueryParameters } from '../../identity/query-call.ts'
import { type SystemOptions, systemOptions } from '../../system/connect.ts'

interface SimulateOptions extends SystemOptions {
  readonly action: readonly string[]
  readonly resource: readonly string[]
  readonly context: readonly string[]
}

const gathered = (value: string, values: readonly string[]): string[] => [...values, value]

interface Result {
  readonly EvalActionName: string
  readonly EvalResourceName: string
  readonly EvalDecision: string
  readonly EvalDecisionDetails: Readonly<Record<string, string>>
}

/** `hufu policy simulate`: allowed or denied, by which statement, and why. */
export const simulateCommand = (): Command =>
  systemOptions(new Command('simulate').description('what a principal may do, by which statement, and why'))
    .argument('<PRINCIPAL>', 'the ARN of a user, group or role')
    .requiredOption('--action <ACTION>', 'kms:Decrypt; may be repeated', gathered, [])
    .option('--resource <ARN>', 'a key; may be repeated', gathered, [])
    .option('--context <KEY=VALUE>', 'a condition key: kms:EncryptionContext:app=backup', gathered, [])
    .action(async (principal: string, options: SimulateOptions) => {
      checkArn(principal)
      const asked = parametersOf(principal, options)
      const results = await iamList(options, 'SimulatePrincipalPolicy', 'EvaluationResults', asked)
      showAll(options, (results as unknown as readonly Result[]).map(shape), [
        'action',
        'resource',
        'decision',
        'reason',
        'statement',
      ])
    })

function checkArn(principal: string): void {
  if (principal.startsWith('arn:')) return
  const hint = `hufu user show ${principal} tells the ARN of a user`
  throw new CliError(exitCode.usage, `expected the ARN of a user, group or role, received ${principal}`, hint)
}

const shape = ({ EvalActionName, EvalResourceName, EvalDecision, EvalDecisionDetails }: Result) => ({
  Action: EvalActionName,
  Resource: EvalResourceName,
  Decision: EvalDecision,
  Reason: EvalDecisionDetails.reason,
  Statement: EvalDecisionDetails.statement,
})

function parametersOf(principal: string, { action, resource, context }: SimulateOptions): QueryParameters {
  const numbered = (field: string, values: readonly string[]) =>
    Object.fromEntries(values.map((value, index) => [`${field}.member.${index + 1}`, value]))
  return {
    PolicySourceArn: principal,
    ...numbered('ActionNames', action),
    ...numbered('ResourceArns', resource),
    ...Object.assign({}, ...context.map(entry)),
  }
}

function entry(text: string, index: number): QueryParameters {
  const [key, ...rest] = text.split('=')
  if (key === undefined || key === '' || rest.length === 0)
    throw new CliError(exitCode.usage, `expected KEY=VALUE, received ${text}`, '--context aws:SourceIp=10.0.0.1')
  const name = `ContextEntries.member.${index + 1}`
  return { [`${name}.ContextKeyName`]: key, [`${name}.ContextKeyValues.member.1`]: rest.join('=') }
}
