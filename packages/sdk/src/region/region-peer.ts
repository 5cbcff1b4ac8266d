import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  base64,
  encodeBase64,
  HufuError,
  type RegionPeer,
  replicaKeyProofText,
  replicaMessageJson,
  sigV4SigningKey,
} from '@hufu/wire'
import { z } from 'zod'
import { readAs } from '../key-service/answers.ts'
import { AwsApi } from '../wire/aws-api.ts'
import { apiOptions, type HttpOptions } from '../wire/http-options.ts'

export interface HttpRegionPeer extends RegionPeer {
  close(): Promise<void>
}

const provenKey = z.object({ PublicKey: base64(1, 4096), Proof: base64(32, 32) })
const state = z.object({
  ProtectionLevel: z.enum(['HSM', 'SOFTWARE']),
  KeyState: z.enum(['PendingImport', 'Enabled', 'Disabled', 'Archived', 'PendingDelete']),
  CreatedAt: z.number(),
})

/** Milliseconds for one message: the other region unwraps every version of a key into its token. */
const DEADLINE = 60_000

/** Another region's Hufu, whose credentials must be a service's there. */
export function httpRegionPeer(http: HttpOptions): HttpRegionPeer {
  const options = apiOptions({ deadline: DEADLINE, ...http })
  const api = new AwsApi(options)
  return {
    async replicaKey() {
      if (options.credentials === null) throw unproven()
      const { accessKeyId, secretAccessKey } = await options.credentials()
      const date = new Date().toISOString().slice(0, 10).replaceAll('-', '')
      const nonce = randomBytes(32)
      const parameters = { AccessKeyId: accessKeyId, Date: date, Region: options.region, Nonce: encodeBase64(nonce) }
      const answer = readAs(provenKey, await api.call('HufuService.GetReplicaKey', parameters))
      const key = sigV4SigningKey(secretAccessKey, { date, region: options.region, service: 'kms' })
      const proof = createHmac('sha256', key).update(replicaKeyProofText(nonce, answer.PublicKey)).digest()
      if (timingSafeEqual(proof, answer.Proof)) return answer.PublicKey
      throw new HufuError('SignatureMismatch', 'expected a replica key with its proof, received another')
    },
    async putReplica(message) {
      const answer = readAs(state, await api.call('HufuService.PutReplica', replicaMessageJson(message), CHANGES))
      return { protectionLevel: answer.ProtectionLevel, state: answer.KeyState, createdAt: answer.CreatedAt }
    },
    close: () => options.connection.close(),
  }
}

const CHANGES = { changes: true }

/** The other region proves its key by a secret that both know: a certificate has none. */
const unproven = (): HufuError =>
  new HufuError('MissingAuthentication', 'expected credentials of the other region, received a client certificate')
