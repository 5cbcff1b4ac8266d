/** A managed policy that every account has. */
export interface StockPolicy {
  readonly name: string
  /** As CAM counts them. */
  readonly number: number
  readonly description: string
  readonly document: string
}

const allow = (actions: readonly string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] })

const read = ['kms:Describe*', 'kms:Get*', 'kms:List*']

/** Their ARNs are `arn:aws:iam::aws:policy/NAME`. */
export const stockPolicies: readonly StockPolicy[] = [
  { name: 'AdministratorAccess', number: 1, description: 'everything', document: allow(['*']) },
  { name: 'HufuKeyAdministrator', number: 2, description: 'every action on keys', document: allow(['kms:*']) },
  {
    name: 'HufuKeyUser',
    number: 3,
    description: 'encrypt, decrypt and make data keys under any key',
    document: allow([
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'kms:ReEncrypt*',
      'kms:DescribeKey',
      'kms:ListKeys',
      'kms:ListAliases',
    ]),
  },
  {
    name: 'HufuReadOnly',
    number: 4,
    description: 'see keys and identities',
    document: allow([...read, 'iam:Get*', 'iam:List*']),
  },
  {
    name: 'HufuAuditor',
    number: 5,
    description: 'read the audit',
    document: allow(['kms:ListAuditRecords', 'cloudtrail:LookupEvents', 'cloudaudit:*', ...read]),
  },
  {
    name: 'HufuAdapter',
    number: 6,
    description: 'check the signatures of users and act on their behalf; come by a client certificate',
    document: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['kms:GetSigningKey', 'kms:ActOnBehalfOf'],
          Resource: ['arn:aws:iam::*:user/*', 'arn:aws:sts::*:assumed-role/*'],
        },
        { Effect: 'Allow', Action: 'kms:AuthenticateByCertificate', Resource: '*' },
      ],
    }),
  },
]

export const stockPolicy = (name: string): StockPolicy | undefined =>
  stockPolicies.find((policy) => policy.name === name)

export const stockArn = (name: string): string => `arn:aws:iam::aws:policy/${name}`
