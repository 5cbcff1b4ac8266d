import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

async function file(dir: string, data: string | Uint8Array): Promise<string> {
  const path = join(dir, randomUUID())
  await writeFile(path, data)
  return path
}

/** Throws unless the openssl command takes the signature for the SM2 signature under the usual user id. */
export async function opensslSm2Verify(
  dir: string,
  publicKey: string,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  const [key, data, der] = [await file(dir, publicKey), await file(dir, message), await file(dir, signature)]
  const args = ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', data, '-sigfile', der]
  await run('openssl', [...args, '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678'])
}

/** ASN.1, as the openssl command makes it. */
export async function opensslSm2Encrypt(dir: string, publicKey: string, message: Uint8Array): Promise<Buffer> {
  const [key, data, out] = [await file(dir, publicKey), await file(dir, message), join(dir, randomUUID())]
  await run('openssl', ['pkeyutl', '-encrypt', '-pubin', '-inkey', key, '-in', data, '-out', out])
  return readFile(out)
}
