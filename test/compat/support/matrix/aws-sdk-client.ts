import * as kms from '@aws-sdk/client-kms'
import { awsOptions } from '../clients.ts'
import type { KmsServer } from '../kms-server.ts'
import type { Client, Parameters } from './case.ts'

/** Which one it is makes no difference to `send`. */
type AnyCommand = new (request: Parameters) => kms.DescribeKeyCommand

/** `@aws-sdk/client-kms`, always as new as the action table. */
export function awsSdkClient(server: Pick<KmsServer, 'server' | 'root'>, more: kms.KMSClientConfig = {}): Client {
  const client = new kms.KMSClient({ ...awsOptions(server), ...more })
  return {
    knows: () => true,
    async call(action, request) {
      const Command = Reflect.get(kms, `${action}Command`) as AnyCommand
      try {
        const { $metadata: _, ...answer } = await client.send(new Command(request))
        return { answer: plain(answer) as Record<string, unknown> }
      } catch (error) {
        if (!(error instanceof kms.KMSServiceException)) throw error
        return { error: error.name }
      }
    },
    close: async () => client.destroy(),
  }
}

/** Bytes as base64. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value).toString('base64')
    : value instanceof Date || typeof value !== 'object' || value === null
      ? value
      : Array.isArray(value)
        ? value.map(plain)
        : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
