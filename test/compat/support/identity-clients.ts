import { IAMClient } from '@aws-sdk/client-iam'
import { KMSClient } from '@aws-sdk/client-kms'
import { STSClient } from '@aws-sdk/client-sts'
import { type KmsServer, REGION } from './kms-server.ts'

/** What clients of a principal are made with; the root user's where none are given. */
export interface ClientCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const options = ({ server, root }: KmsServer, credentials: ClientCredentials = root) => ({
  endpoint: server.url,
  region: REGION,
  credentials: {
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
  },
  maxAttempts: 1,
})

export const iamClient = (server: KmsServer, credentials?: ClientCredentials) =>
  new IAMClient(options(server, credentials))
export const stsClient = (server: KmsServer, credentials?: ClientCredentials) =>
  new STSClient(options(server, credentials))
export const kmsClient = (server: KmsServer, credentials?: ClientCredentials) =>
  new KMSClient(options(server, credentials))

/** The credentials of an answer of STS. */
export function sessionOf(answer: {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined
        readonly SecretAccessKey: string | undefined
        readonly SessionToken: string | undefined
      }
    | undefined
}): ClientCredentials {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

export const allow = (action: string | string[], resource: string | string[] = '*', condition?: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: action,
        Resource: resource,
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  })

export const trust = (principal: object, action = 'sts:AssumeRole', condition?: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: action,
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  })
