import { randomUUID } from 'node:crypto'
import type { Caller } from '@hufu/wire'

/** The service itself, as the audit names it. */
export const service = (accountId: string): Caller => ({
  principal: `arn:aws:iam::${accountId}:service/hufu`,
  accessKeyId: '',
  requestId: randomUUID(),
  sourceIp: 'in-process',
})
