import { createHmac } from 'node:crypto'
import {
  type Action,
  action,
  base64,
  encodeBase64,
  type ReplicaMessage,
  type ReplicaState,
  replicaKeyProofText,
  replicaMessage,
  type SigningScope,
} from '@hufu/wire'
import { z } from 'zod'
import type { Signers } from '../authenticate/signers.ts'

interface ReplicaKeyInput {
  readonly accessKeyId: string
  readonly scope: SigningScope
  readonly nonce: Uint8Array
}

const replicaKeyRequest = z
  .strictObject({
    AccessKeyId: z.string().min(1).max(128),
    Date: z.string().regex(/^\d{8}$/),
    Region: z.string().min(1).max(64),
    Nonce: base64(32, 32),
  })
  .transform(({ AccessKeyId, Date: date, Region: region, Nonce }) => ({
    accessKeyId: AccessKeyId,
    scope: { date, region, service: 'kms' },
    nonce: Nonce,
  }))

/** `HufuService.GetReplicaKey`: what another region wraps keys to, with the proof that it is this one's. */
const getReplicaKey = (signers: Signers): Action =>
  action<ReplicaKeyInput, { readonly publicKey: Uint8Array; readonly proof: Uint8Array }>({
    permission: 'kms:GetReplicaKey',
    subject: 'AccessKeyId',
    changes: false,
    async call(keys, { accessKeyId, scope, nonce }) {
      const publicKey = await keys.replicaKey()
      const signer = await signers.find(accessKeyId)
      const proof = createHmac('sha256', signer.sigV4Key(scope)).update(replicaKeyProofText(nonce, publicKey)).digest()
      return { publicKey, proof }
    },
    aws: {
      name: 'HufuService.GetReplicaKey',
      request: replicaKeyRequest,
      answer: ({ publicKey, proof }) => ({ PublicKey: encodeBase64(publicKey), Proof: encodeBase64(proof) }),
    },
  })

/** `HufuService.PutReplica`: what another region tells of a key that both have. */
const putReplica = action<ReplicaMessage, ReplicaState>({
  permission: 'kms:PutReplica',
  changes: true,
  call: (keys, message) => keys.putReplica(message),
  aws: {
    name: 'HufuService.PutReplica',
    request: replicaMessage,
    answer: ({ protectionLevel, state, createdAt }) => ({
      ProtectionLevel: protectionLevel,
      KeyState: state,
      CreatedAt: createdAt,
    }),
  },
})

/** What the regions of a key say to each other; services only. */
export const replicaActions = (signers: Signers): readonly Action[] => [getReplicaKey(signers), putReplica]
