import { keyArn } from '@hufu/wire'
import type { KmsPort } from '../kms-port.ts'

const KEY_ID = /^[0-9a-f-]{36}$|^mrk-[0-9a-f]{32}$/

/** A key as records name it: by its ARN, for a bare key id too, also of a key that is gone. */
export const recordedKey = ({ region, accountId }: Pick<KmsPort, 'region' | 'accountId'>, name: string): string =>
  KEY_ID.test(name) ? keyArn(region, accountId, name) : name
