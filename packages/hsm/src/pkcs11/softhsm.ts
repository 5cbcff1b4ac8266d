import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyBackend } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import { z } from 'zod'
import { writeSecretFile } from '../secret-file.ts'
import { type Cryptoki, openCryptoki } from './cryptoki.ts'
import { pkcs11Backend } from './pkcs11-backend.ts'
import { findSlot, paddedLabel } from './token-session.ts'

const LABEL = 'hufu'

const places = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
]

/** Null when SoftHSM2 is not installed. */
export const findSoftHsm = (): string | null => places.find(existsSync) ?? null

const Pins = z.strictObject({ pin: z.string().min(4), securityOfficerPin: z.string().min(4) })

/** True when the directory holds a SoftHSM2 token of ours. */
export const hasSoftHsmToken = (dir: string): boolean => existsSync(join(dir, 'pins.json'))

/** A SoftHSM2 token kept below `dir`, made at first opening with random PINs that only this user can read. */
export async function softHsmBackend(library: string, dir: string): Promise<KeyBackend> {
  await mkdir(join(dir, 'tokens'), { recursive: true, mode: 0o700 })
  const configuration = join(dir, 'softhsm2.conf')
  await writeFile(configuration, softHsmConfiguration(dir), { mode: 0o600 })
  const pins = await readPins(join(dir, 'pins.json'))
  const cryptoki = openCryptoki(library, configuration)
  try {
    initialise(cryptoki, pins)
    return pkcs11Backend(cryptoki, { label: LABEL, pin: pins.pin }, 'SoftHSM2 token through PKCS#11 (HSM)')
  } catch (error) {
    cryptoki.close()
    throw error
  }
}

const softHsmConfiguration = (dir: string): string =>
  [
    `directories.tokendir = ${join(dir, 'tokens')}`,
    'objectstore.backend = file',
    'log.level = ERROR',
    'slots.removable = false',
    '',
  ].join('\n')

/** They are written before the token is made, so that a start that was cut off can be finished by the next. */
async function readPins(path: string): Promise<z.infer<typeof Pins>> {
  if (!existsSync(path)) {
    const pins = { pin: randomDigits(), securityOfficerPin: randomDigits() }
    await writeSecretFile(path, JSON.stringify(pins))
  }
  return Pins.parse(JSON.parse(await readFile(path, 'utf8')))
}

const randomDigits = (): string => Array.from({ length: 24 }, () => randomInt(10)).join('')

function initialise({ api }: Cryptoki, { pin, securityOfficerPin }: z.infer<typeof Pins>): void {
  const there = findSlot(api, LABEL)
  if (there !== null && hasUserPin(api, there)) return
  const slot = there ?? api.C_GetSlotList(true).at(-1)
  if (slot === undefined) throw new TypeError('expected SoftHSM2 to offer a free slot, received none')
  api.C_InitToken(slot, securityOfficerPin, paddedLabel(LABEL))
  // The slot of a token changes when it is initialised.
  const made = findSlot(api, LABEL) ?? slot
  const session = api.C_OpenSession(made, pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION)
  api.C_Login(session, pkcs11.CKU_SO, securityOfficerPin)
  api.C_InitPIN(session, pin)
  api.C_Logout(session)
  api.C_CloseSession(session)
}

const hasUserPin = (api: pkcs11.PKCS11, slot: pkcs11.Handle): boolean =>
  (api.C_GetTokenInfo(slot).flags & pkcs11.CKF_USER_PIN_INITIALIZED) !== 0
