import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifAbsent } from '../../system/if-absent.ts'
import { writeWholeFile } from '../../system/whole-file.ts'
import type { Certified } from './certificate-authority.ts'

export const DAY = 86_400_000
/** A certificate with less left is replaced. */
export const LEFT_DAYS = 30

/** The pair of files of that name, if it is good; otherwise a new one in their place. */
export async function keptPair(
  data: string,
  name: string,
  good: (held: Certified) => boolean,
  make: () => Promise<Certified>,
): Promise<Certified> {
  const held = await heldPair(data, name)
  if (held !== null && good(held)) return held
  const made = await make()
  await mkdir(join(data, 'tls'), { recursive: true, mode: 0o700 })
  await writePair(join(data, 'tls'), name, made)
  return made
}

/** The pair of files of that name; null where there is none. */
export async function heldPair(data: string, name: string): Promise<Certified | null> {
  const files = filesOf(join(data, 'tls'), name)
  const cert = await readFile(files.cert, 'utf8').catch(ifAbsent(null))
  const key = await readFile(files.key, 'utf8').catch(ifAbsent(null))
  if (cert === null || key === null) return null
  return matches({ cert, key }) ? { cert, key } : null
}

/** Writes `NAME.pem` and `NAME-key.pem`, the latter for its owner alone. Resolves to where they are. */
export async function writePair(folder: string, name: string, { cert, key }: Certified): Promise<PairFiles> {
  const files = filesOf(folder, name)
  await writeWholeFile(files.key, key, 0o600)
  await writeWholeFile(files.cert, cert, 0o644)
  return files
}

interface PairFiles {
  readonly cert: string
  readonly key: string
}

const filesOf = (folder: string, name: string): PairFiles => ({
  cert: join(folder, `${name}.pem`),
  key: join(folder, `${name}-key.pem`),
})

/** A start that was cut off between the two files leaves a pair that is none. */
const matches = ({ cert, key }: Certified): boolean => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))

export const endOf = ({ cert }: Certified): number => Date.parse(new X509Certificate(cert).validTo)

export const left = (held: Certified, now: number): number => (endOf(held) - now) / DAY
