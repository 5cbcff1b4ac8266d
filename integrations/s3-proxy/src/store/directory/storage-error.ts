import { S3Error } from '../../error.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])

/** A full disk by its name; every other error as it is. */
export function storageError(error: unknown): unknown {
  if (error instanceof Error && 'code' in error && FULL.has(String(error.code)))
    return new S3Error('StorageFull', 'the disk of the object store is full; free or add space, then send it again', {
      cause: error,
    })
  return error
}
