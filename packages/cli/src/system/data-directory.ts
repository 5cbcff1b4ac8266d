import { resolve } from 'node:path'

/** The data directory named, or of HUFU_DATA, or `.hufu`; absolute. */
export const dataDirectory = (named: string | undefined, env: NodeJS.ProcessEnv = process.env): string =>
  resolve(named ?? env.HUFU_DATA ?? '.hufu')
