import { operatorTable } from '../../src/policy/operators.ts'
import type { IamDocument } from './reference-evaluator.ts'

const keys: Readonly<Record<string, string>> = {
  'aws:SourceIp': 'qcs:ip',
  'aws:CurrentTime': 'qcs:current_time',
  'aws:MultiFactorAuthAge': 'qcs:mfa_age',
  'aws:ResourceTag/stage': 'qcs:resource_tag/stage',
}

/** The same policy in CAM's syntax: of documents without NotAction and its like, which CAM does not have. */
export function asCam({ Statement }: IamDocument): string {
  return JSON.stringify({
    version: '2.0',
    statement: Statement.map((statement) => ({
      effect: statement.Effect.toLowerCase(),
      action: statement.Action?.map((action) => (action === '*' ? action : `name/${action}`)),
      resource: statement.Resource?.map(resource),
      condition: Object.fromEntries(
        Object.entries(statement.Condition ?? {}).map(([name, values]) => [
          operator(name),
          Object.fromEntries(Object.entries(values).map(([key, list]) => [keys[key] ?? key, list])),
        ]),
      ),
    })),
  })
}

function resource(arn: string): string {
  if (arn === '*') return arn
  const [, , service, region, account, ...rest] = arn.split(':')
  return `qcs::${service}:${region === '*' ? '' : region}:uin/${Number(account)}:${rest.join(':')}`
}

function operator(name: string): string {
  const [, quantifier = '', base = '', optional] = /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(name) ?? []
  const cam = operatorTable.find(({ iam }) => iam === base)?.cam ?? base
  const prefix = quantifier === '' ? '' : quantifier === 'ForAllValues:' ? 'for_all_value:' : 'for_any_value:'
  return `${prefix}${cam}${optional === undefined ? '' : '_if_exist'}`
}
