import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BackendOptions, openThreadedBackend } from '@hufu/hsm'
import { type Kms, type KmsOptions, openKms, type StoreLocation } from '@hufu/kms'
import { oidcVerifier } from '@hufu/server'
import { type HufuError, isHufuError } from '@hufu/wire'
import type { Logger } from 'pino'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import type { Settings } from './settings.ts'
import { readCa } from './tls/read-ca.ts'

/** Opens the KMS of a data directory. Throws `CliError` when another process has it, or its token does not open. */
export async function startKms(
  settings: Settings,
  { data, log }: { readonly data: string; readonly log: Logger },
  peers: KmsOptions['peers'],
): Promise<Kms> {
  const { region, accountId, mode, auditSensitive: sensitiveContext, auditKeep: auditKeepDays } = settings
  const backend = await openThreadedBackend({ dir: join(data, 'hsm'), pkcs11: await pkcs11(settings) }).catch(
    (cause) => {
      throw cannotStart(`can not open the token: ${cause.message}`, 'see hufu up --help for --pkcs11', cause)
    },
  )
  const options = {
    verifyToken: oidcVerifier(await issuerTrust(settings)),
    onAuditFault: tellAuditFault(log),
    region,
    accountId,
    sensitiveContext,
    ...(mode === undefined ? {} : { mode }),
    ...(auditKeepDays === undefined ? {} : { auditKeepDays }),
    ...(peers === undefined ? {} : { peers }),
  }
  return openKms({ store: storeLocation(settings, data), backend, ...options }).catch(async (cause) => {
    await backend.close()
    if (!isHufuError(cause, 'StoreInUse')) throw cause
    throw cannotStart(`the data directory ${data} is in use by another hufu`, cause.hint, cause)
  })
}

const issuerTrust = async ({ issuerCa: file }: Settings) =>
  file === undefined ? {} : { ca: await readCa(file, '--issuer-ca') }

const tellAuditFault = (log: Logger) => (err: HufuError | null) =>
  err === null ? log.info('the audit is signed again') : log.error({ err }, 'the audit can not be signed')

async function pkcs11({ pkcs11, pkcs11Token, pkcs11PinFile }: Settings): Promise<BackendOptions['pkcs11']> {
  if (pkcs11 === 'auto' || pkcs11 === 'off') return pkcs11
  return { library: pkcs11, tokenLabel: pkcs11Token, pin: await readPin(pkcs11PinFile) }
}

async function readPin(file: string | undefined): Promise<string> {
  if (file === undefined)
    throw new CliError(exitCode.usage, 'expected the PIN of the token', 'name a file that holds it: --pkcs11-pin-file')
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw cannotStart(`can not read ${file}: ${cause.code}`, 'name a readable file with --pkcs11-pin-file', cause)
  })
  return text.trim()
}

const storeLocation = ({ store }: Settings, data: string): StoreLocation =>
  store === 'sqlite' ? { client: 'sqlite', file: join(data, 'kms.db') } : { client: 'postgres', url: store }

const cannotStart = (message: string, hint: string, cause: unknown): CliError =>
  new CliError(exitCode.cannotStart, message, hint, { cause })
