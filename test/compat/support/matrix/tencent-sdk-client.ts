import { Agent } from 'node:https'
import { type TencentProfile, tencentClient } from '../clients.ts'
import type { KmsServer } from '../kms-server.ts'
import type { Client, Parameters } from './case.ts'

type Method = (request: Parameters) => Promise<Record<string, unknown>>

/** `tencentcloud-sdk-nodejs`, always as new as the action table. */
export function tencentSdkClient(server: KmsServer, profile: TencentProfile = {}): Client {
  const client = tencentClient(server, profile)
  return {
    knows: () => true,
    async call(action, request) {
      const method = Reflect.get(client, action) as Method
      try {
        return { answer: await method.call(client, withBase64(request)) }
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error
        return { error: error.code }
      }
    },
    async close() {
      if (profile.agent instanceof Agent) profile.agent.destroy()
    },
  }
}

const withBase64 = (request: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(request).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('base64') : value]),
  )
