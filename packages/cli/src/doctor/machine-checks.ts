import { stat } from 'node:fs/promises'
import { credentialsFile } from '../system/credentials-file.ts'
import { dataDirectory } from '../system/data-directory.ts'
import type { Whereabouts } from '../system/find-system.ts'
import type { Finding } from './diagnose.ts'

const NODE_MIN = [20, 19] as const

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]))
    return { check: 'node', saw: process.versions.node }
  return {
    check: 'node',
    fault: `expected 20.19 or newer, found ${process.versions.node}`,
    hint: 'install a newer Node',
  }
}

/** Who else can read the credentials. */
export async function checkPrivacy({ data }: Whereabouts): Promise<Finding> {
  const file = credentialsFile(dataDirectory(data))
  const found = await stat(file).catch(() => null)
  if (found === null) return { check: 'credentials file', saw: `none at ${file}` }
  const mode = (found.mode & 0o777).toString(8)
  if ((found.mode & 0o077) === 0) return { check: 'credentials file', saw: `${file}, mode ${mode}` }
  return {
    check: 'credentials file',
    fault: `others can read ${file}, mode ${mode}`,
    hint: `chmod 600 ${file}`,
  }
}
