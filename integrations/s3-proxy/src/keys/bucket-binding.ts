import { isHufuError } from '@hufu/wire'
import type { ProxyContext } from '../proxy-context.ts'
import type { KeyUser } from './bucket-keys.ts'

type Binder = Pick<ProxyContext, 'defaultKey' | 'log'>

const bindingOf = (bucket: string) => ({ product: 's3', resource: bucket })

/**
 * Says to the KMS, as the caller, that the bucket uses its key, which is then not deleted. The bucket is there, whether
 * the caller may say so or not: what fails is in the log, and a refusal in the audit.
 */
export async function bindBucket({ defaultKey, log }: Binder, user: KeyUser, bucket: string): Promise<void> {
  try {
    await user.bindings?.bindResource(defaultKey, bindingOf(bucket))
  } catch (error) {
    log.warn({ err: error, bucket, key: defaultKey }, 'the key of a bucket is not bound to it')
  }
}

/**
 * The same of a key that an object's request names, when it is the first of the bucket. It stays bound after the bucket
 * is gone: what keys a bucket has wrapped keys under is kept by their hashes.
 */
export async function bindNamedKey({ defaultKey, log }: Binder, user: KeyUser, bucket: string, key: string) {
  if (key === defaultKey) return
  try {
    await user.bindings?.bindResource(key, bindingOf(bucket))
  } catch (error) {
    log.warn({ err: error, bucket, key }, 'the key of objects of a bucket is not bound to it')
  }
}

/** Lets go of the key of a bucket that is gone. */
export async function unbindBucket({ defaultKey, log }: Binder, user: KeyUser, bucket: string): Promise<void> {
  try {
    await user.bindings?.unbindResource(defaultKey, bindingOf(bucket))
  } catch (error) {
    if (isHufuError(error, 'BindingNotFound')) return
    log.warn({ err: error, bucket, key: defaultKey }, 'the key of a deleted bucket is still bound to it')
  }
}
