import { randomBytes } from 'node:crypto'
import { HufuError, type MfaDeviceView, type SecondFactor } from '@hufu/wire'
import { mfaArn, parseArn } from '../directory/arns.ts'
import { changeAccess } from '../directory/change.ts'
import { checkName, conflict, exists, noEntity } from '../directory/checks.ts'
import { entryId, listEntries, putEntry, readEntry } from '../directory/documents.ts'
import { arnOf, givenEntity } from '../directory/entities.ts'
import type { MfaDeviceEntry } from '../directory/entry.ts'
import { totpStep } from '../identity/totp.ts'
import type { Call } from '../kms.ts'
import type { Reads, Writes } from '../store/store.ts'

const SEED_SIZE = 20

const purpose = (serial: string): string => `seed of ${serial}`
const on = (action: string, serial: string) => ({ action: `iam:${action}`, resource: serial, subject: serial })

async function given(rows: Pick<Reads, 'entry'>, serial: string): Promise<MfaDeviceEntry> {
  const entry = await readEntry(rows, 'mfa-device', parseArn(serial)?.name ?? '')
  if (entry === null || entry.serial !== serial) throw noEntity('device', serial)
  return entry
}

const save = (rows: Pick<Writes, 'putEntry'>, entry: MfaDeviceEntry): Promise<void> =>
  putEntry(rows, 'mfa-device', parseArn(entry.serial)?.name ?? '', entry)

/** The seed is shown once. */
export async function createMfaDevice(
  call: Call,
  name: string,
): Promise<{ readonly serial: string; readonly seed: Uint8Array }> {
  const serial = mfaArn(call.kms.place.accountId, name.slice(0, 128))
  const seed = randomBytes(SEED_SIZE)
  const request = on('CreateVirtualMFADevice', serial)
  const sealed = await call.resolve(request, () => call.kms.credentials.vault.seal(purpose(serial), seed))
  return call.changeRows(request, async (writes) => {
    checkName(name)
    if ((await readEntry(writes, 'mfa-device', name)) !== null) throw exists('device', serial)
    const sealedSeed = Buffer.from(sealed).toString('base64')
    await save(writes, { serial, sealedSeed, user: null, enabledAt: null, lastStep: 0, createdAt: call.kms.clock() })
    return { serial, seed }
  })
}

/** Two codes, one after the other, show that the device has the seed. */
export function enableMfaDevice(
  call: Call,
  user: string,
  serial: string,
  codes: readonly [string, string],
): Promise<void> {
  return changeAccess(call, on('EnableMFADevice', serial), async (writes) => {
    const { name } = await givenEntity(writes, 'user', user)
    let device = await given(writes, serial)
    if (device.user !== null) throw exists('device of a user', serial)
    for (const code of codes) device = await accepted(call, device, code)
    await save(writes, { ...device, user: name, enabledAt: call.kms.clock() })
  })
}

export function deactivateMfaDevice(call: Call, user: string, serial: string): Promise<void> {
  return changeAccess(call, on('DeactivateMFADevice', serial), async (writes) => {
    const device = await given(writes, serial)
    if (device.user === null || entryId(device.user) !== entryId(user)) throw noEntity('device of this user', serial)
    await save(writes, { ...device, user: null, enabledAt: null })
  })
}

export function deleteMfaDevice(call: Call, serial: string): Promise<void> {
  return call.changeRows(on('DeleteVirtualMFADevice', serial), async (writes) => {
    if ((await given(writes, serial)).user !== null) throw conflict('expected a device of no user')
    await writes.deleteEntry('mfa-device', entryId(parseArn(serial)?.name ?? ''))
  })
}

export function listMfaDevices(call: Call, user: string | null): Promise<readonly MfaDeviceView[]> {
  return call.run({ action: user === null ? 'iam:ListVirtualMFADevices' : 'iam:ListMFADevices' }, async () => {
    const devices = await listEntries(call.kms.store, 'mfa-device')
    const chosen = user === null ? devices : devices.filter((device) => device.user?.toLowerCase() === entryId(user))
    return chosen.map(({ serial, user: userName, enabledAt }) => ({ serial, userName, enabledAt }))
  })
}

/**
 * Takes the code of the caller's device; undefined when the request gives none. Uses the code up, whatever becomes
 * of the request. Throws `MfaCodeInvalid`.
 */
export async function secondFactor(call: Call, { serialNumber, tokenCode }: SecondFactor): Promise<number | undefined> {
  if (serialNumber === undefined && tokenCode === undefined) return undefined
  const { clock, codeTries, store } = call.kms
  codeTries.take(call.caller.principal)
  const isGood = await store.transact(async (writes) => {
    for (const device of await ownDevices(call, writes, serialNumber ?? '')) {
      const used = await afterCode(call, device, tokenCode ?? '')
      if (used === null) continue
      await save(writes, used)
      return true
    }
    return false
  })
  if (!isGood) throw wrong()
  codeTries.clear(call.caller.principal)
  return clock()
}

/** The caller's device of that serial number; all of them for `arn:aws:iam::ACCOUNT:mfa`, which names none. */
async function ownDevices(call: Call, rows: Reads, serial: string): Promise<readonly MfaDeviceEntry[]> {
  const parsed = parseArn(call.caller.principal)
  const user = parsed?.kind === 'user' ? await readEntry(rows, 'user', parsed.name) : null
  if (user === null || arnOf(call, 'user', user) !== call.caller.principal) return []
  const own = (await listEntries(rows, 'mfa-device')).filter((device) => isOf(device, user.name))
  const whichever = `arn:aws:iam::${call.kms.place.accountId}:mfa`
  return serial === whichever ? own : own.filter((device) => device.serial === serial)
}

const isOf = (device: MfaDeviceEntry, user: string): boolean =>
  device.user !== null && entryId(device.user) === entryId(user)

/** The device after that code has served; null when it is none of now. */
async function afterCode(call: Call, device: MfaDeviceEntry, code: string): Promise<MfaDeviceEntry | null> {
  const sealed = Buffer.from(device.sealedSeed, 'base64')
  const seed = await call.kms.credentials.vault.open(purpose(device.serial), sealed)
  const step = totpStep(seed, code, call.kms.clock(), device.lastStep)
  seed.fill(0)
  return step === null ? null : { ...device, lastStep: step }
}

async function accepted(call: Call, device: MfaDeviceEntry, code: string): Promise<MfaDeviceEntry> {
  const next = await afterCode(call, device, code)
  if (next === null) throw wrong()
  return next
}

const wrong = (): HufuError =>
  new HufuError('MfaCodeInvalid', 'expected the serial number of a device of the caller and its code of now')
