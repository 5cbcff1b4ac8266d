import { randomBytes, scryptSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aead, DecryptionError, hkdf, NONCE_SIZE, Secret } from '@hufu/crypto'
import { DamagedMaterial, type KeyBackend, softwareBackend } from '@hufu/kms'
import { z } from 'zod'
import { writeSecretFile } from '../secret-file.ts'

const bytes = (size: number) =>
  z
    .base64()
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((value) => value.length === size, `expected ${size} bytes`)

/** The sealed root key: AES-256-GCM under scrypt (RFC 7914) of the passphrase, or HKDF of the local key beside it. */
const TokenFile = z.strictObject({
  format: z.literal(1),
  sealedUnder: z.enum(['passphrase', 'local key']),
  salt: bytes(32),
  nonce: bytes(NONCE_SIZE),
  sealed: bytes(48),
})

type TokenFile = z.infer<typeof TokenFile>

/** Some 0.1 s and 64 MiB: for a passphrase that a person chose. */
const SCRYPT = { N: 2 ** 16, r: 8, p: 1, maxmem: 2 ** 27 }

const tokenPath = (dir: string) => join(dir, 'software-token.json')

/** True when the directory holds a software token. */
export const hasSoftwareToken = (dir: string): boolean => existsSync(tokenPath(dir))

/**
 * The embedded software token: its root key is a file in `dir`, sealed under the passphrase, or without one under a
 * local key in a file beside it (which keeps the root key out of a copy of this one file, and no more).
 * Throws `DamagedMaterial` when the passphrase or the file is not the right one.
 */
export async function softwareToken(dir: string, passphrase?: string): Promise<KeyBackend> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = tokenPath(dir)
  if (!existsSync(path)) await makeToken(dir, passphrase)
  const file = TokenFile.parse(JSON.parse(await readFile(path, 'utf8')))
  using sealing = await sealingKey(dir, file.sealedUnder, passphrase, file.salt)
  return softwareBackend(openRootKey(file, sealing), 'embedded software token (SOFTWARE)')
}

async function makeToken(dir: string, passphrase: string | undefined): Promise<void> {
  const sealedUnder = passphrase === undefined ? 'local key' : 'passphrase'
  if (sealedUnder === 'local key') await writeSecretFile(join(dir, 'local.key'), randomBytes(32))
  const [salt, nonce] = [randomBytes(32), randomBytes(NONCE_SIZE)]
  using rootKey = Secret.random(32)
  using sealing = await sealingKey(dir, sealedUnder, passphrase, salt)
  using cipher = aead('AES-256-GCM', sealing)
  const sealed = cipher.seal(nonce, label(sealedUnder), rootKey.bytes())
  const base64 = (value: Uint8Array) => Buffer.from(value).toString('base64')
  const file = { format: 1, sealedUnder, salt: base64(salt), nonce: base64(nonce), sealed: base64(sealed) }
  await writeSecretFile(tokenPath(dir), JSON.stringify(file))
}

async function sealingKey(
  dir: string,
  sealedUnder: TokenFile['sealedUnder'],
  passphrase: string | undefined,
  salt: Uint8Array,
): Promise<Secret> {
  if (sealedUnder === 'passphrase' && passphrase === undefined)
    throw new DamagedMaterial('the software token, which needs its passphrase')
  if (sealedUnder === 'passphrase') return Secret.take(scryptSync(passphrase ?? '', salt, 32, SCRYPT))
  using localKey = Secret.take(await readFile(join(dir, 'local.key')))
  return hkdf('sha256', localKey, salt, label(sealedUnder), 32)
}

function openRootKey(file: TokenFile, sealing: Secret): Secret {
  using cipher = aead('AES-256-GCM', sealing)
  try {
    return Secret.take(cipher.open(file.nonce, label(file.sealedUnder), file.sealed))
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause
    throw new DamagedMaterial('the software token', { cause })
  }
}

const label = (sealedUnder: string): Uint8Array => Buffer.from(`hufu software token under ${sealedUnder}`)
