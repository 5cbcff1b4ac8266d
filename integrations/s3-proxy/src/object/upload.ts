import { DecryptionError } from '@hufu/crypto'
import { S3Error } from '../error.ts'
import type { ObjectName } from '../format/envelope.ts'
import type { ObjectKey } from '../format/object-key.ts'
import { checkUploadId, readUploadId, type UploadState } from '../format/upload-id.ts'
import type { KeyUser } from '../keys/bucket-keys.ts'
import type { ProxyContext } from '../proxy-context.ts'
import type { UploadName } from '../store/object-store.ts'
import { keyOf } from './stored-object.ts'

/** An upload under way, all of it told by its id. */
export interface OpenUpload extends Disposable {
  readonly key: ObjectKey
  readonly cmk: string
  readonly state: UploadState
  /** As the store knows it. */
  readonly stored: UploadName
}

/** Reads an upload id and gets its key as the user. Throws `NoSuchUpload` for an id that was not given out for this name. */
export async function openUpload(
  proxy: ProxyContext,
  user: KeyUser,
  name: ObjectName,
  uploadId: string,
): Promise<OpenUpload> {
  const state = known(() => readUploadId(uploadId))
  const { key, cmk } = await keyOf(proxy, user, name, state.envelope).catch((error: unknown) => {
    throw error instanceof DecryptionError ? noSuchUpload(error) : error
  })
  known(() => checkUploadId(key, uploadId))
  const stored = { ...name, uploadId: state.backendId }
  return { key, cmk, state, stored, [Symbol.dispose]: () => key[Symbol.dispose]() }
}

function known<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof DecryptionError ? noSuchUpload(error) : error
  }
}

const noSuchUpload = (cause: unknown): S3Error =>
  new S3Error('NoSuchUpload', 'the upload id was not given out for this bucket and key', { cause })
