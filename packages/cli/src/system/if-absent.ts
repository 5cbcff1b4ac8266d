/** For a promise that rejects where a file or folder is not there: what stands in its place. Other failures stay. */
export const ifAbsent =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return instead
    throw error
  }
