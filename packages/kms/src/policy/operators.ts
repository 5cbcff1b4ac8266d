import type { ComparisonName } from './comparisons.ts'
import type { Operator } from './policy.ts'

interface Row {
  readonly iam: string
  readonly cam: string | null
  readonly comparison: ComparisonName
  readonly negated?: true
}

/** Every condition operator, by its name in each syntax. docs/policies.md has the same table. */
export const operatorTable: readonly Row[] = [
  { iam: 'StringEquals', cam: 'string_equal', comparison: 'stringEqual' },
  { iam: 'StringNotEquals', cam: 'string_not_equal', comparison: 'stringEqual', negated: true },
  { iam: 'StringEqualsIgnoreCase', cam: 'string_equal_ignore_case', comparison: 'stringEqualIgnoreCase' },
  {
    iam: 'StringNotEqualsIgnoreCase',
    cam: 'string_not_equal_ignore_case',
    comparison: 'stringEqualIgnoreCase',
    negated: true,
  },
  { iam: 'StringLike', cam: 'string_like', comparison: 'stringLike' },
  { iam: 'StringNotLike', cam: 'string_not_like', comparison: 'stringLike', negated: true },
  { iam: 'NumericEquals', cam: 'numeric_equal', comparison: 'numericEqual' },
  { iam: 'NumericNotEquals', cam: 'numeric_not_equal', comparison: 'numericEqual', negated: true },
  { iam: 'NumericLessThan', cam: 'numeric_less_than', comparison: 'numericLess' },
  { iam: 'NumericLessThanEquals', cam: 'numeric_less_than_equal', comparison: 'numericLessOrEqual' },
  { iam: 'NumericGreaterThan', cam: 'numeric_greater_than', comparison: 'numericGreater' },
  { iam: 'NumericGreaterThanEquals', cam: 'numeric_greater_than_equal', comparison: 'numericGreaterOrEqual' },
  { iam: 'DateEquals', cam: 'date_equal', comparison: 'dateEqual' },
  { iam: 'DateNotEquals', cam: 'date_not_equal', comparison: 'dateEqual', negated: true },
  { iam: 'DateLessThan', cam: 'date_less_than', comparison: 'dateLess' },
  { iam: 'DateLessThanEquals', cam: 'date_less_than_equal', comparison: 'dateLessOrEqual' },
  { iam: 'DateGreaterThan', cam: 'date_greater_than', comparison: 'dateGreater' },
  { iam: 'DateGreaterThanEquals', cam: 'date_greater_than_equal', comparison: 'dateGreaterOrEqual' },
  { iam: 'Bool', cam: 'bool_equal', comparison: 'bool' },
  { iam: 'IpAddress', cam: 'ip_equal', comparison: 'address' },
  { iam: 'NotIpAddress', cam: 'ip_not_equal', comparison: 'address', negated: true },
  { iam: 'ArnEquals', cam: null, comparison: 'arn' },
  { iam: 'ArnNotEquals', cam: null, comparison: 'arn', negated: true },
  { iam: 'ArnLike', cam: null, comparison: 'arn' },
  { iam: 'ArnNotLike', cam: null, comparison: 'arn', negated: true },
  { iam: 'Null', cam: 'null_equal', comparison: 'absent' },
]

interface Affixes {
  readonly all: string
  readonly any: string
  readonly ifExists: string
}

export const iamOperator = reader((row) => row.iam, { all: 'ForAllValues:', any: 'ForAnyValue:', ifExists: 'IfExists' })

export const camOperator = reader((row) => row.cam, {
  all: 'for_all_value:',
  any: 'for_any_value:',
  ifExists: '_if_exist',
})

/** Reads an operator's name with its affixes. Null when there is no such operator. */
function reader(nameIn: (row: Row) => string | null, { all, any, ifExists }: Affixes) {
  const rows = new Map(operatorTable.map((row) => [nameIn(row), row]))
  return (text: string): Operator | null => {
    const quantifier = text.startsWith(all) ? 'all' : text.startsWith(any) ? 'any' : null
    const name = quantifier === null ? text : text.slice(quantifier === 'all' ? all.length : any.length)
    const optional = name.endsWith(ifExists)
    const row = rows.get(optional ? name.slice(0, -ifExists.length) : name)
    if (row === undefined || (row.comparison === 'absent' && (optional || quantifier !== null))) return null
    return { comparison: row.comparison, negated: row.negated ?? false, quantifier, ifExists: optional }
  }
}
