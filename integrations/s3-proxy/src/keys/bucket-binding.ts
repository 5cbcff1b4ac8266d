import { isHufuError } from '@hufu/wire'
import type { ProxyContext } from '../proxy-context.ts'
import type { KeyUser } from './bucket-keys.ts'

const bindingOf = (bucket: string) => ({ product: 's3', resource: bucket })

/**
 * Says to the KMS, as the caller, that the bucket uses its key, which is then not deleted. The bucket is there, whether
 * the caller may say so or not: what fails is in the log, and a refusal in the audit.
 */
export async function bindBucket({ defaultKey, log }: ProxyContext, user: KeyUser, bucket: string): Promise<void> {
  try {
    await user.bindings?.bindResource(defaultKey, bindingOf(bucket))
  } catch (error) {
    log.warn({ err: error, bucket, key: defaultKey }, 'the key of a bucket is not bound to it')
  }
}

/** Lets go of the key of a bucket that is gone. */
export async function unbindBucket({ defaultKey, log }: ProxyContext, user: KeyUser, bucket: string): Promise<void> {
  try {
    await user.bindings?.unbindResource(defaultKey, bindingOf(bucket))
  } catch (error) {
    if (isHufuError(error, 'BindingNotFound')) return
    log.warn({ err: error, bucket, key: defaultKey }, 'the key of a deleted bucket is still bound to it')
  }
}
