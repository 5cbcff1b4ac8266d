import { z } from 'zod'
import type { MfaDeviceView } from '../../identity-operations.ts'
import { encodeBase64 } from '../../schema/fields.ts'
import type { Action } from '../action.ts'
import { entityName, iamAction, iso, nothing, PagedList } from './iam-fields.ts'

const serial = z.string().min(9).max(256)
const code = z.string().regex(/^\d{6}$/)
const bySerial = (device: MfaDeviceView): string => device.serial
const ofUser = new PagedList('devices of a user', bySerial)
const list = new PagedList('devices', bySerial)

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, 6; whole groups of five bytes. */
function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join('')
}

/** The QR code would be a picture; its text is what an authenticator reads in it. */
export const mfaDevices: readonly Action[] = [
  iamAction('CreateVirtualMFADevice', {
    changes: true,
    request: z.strictObject({ VirtualMFADeviceName: entityName }),
    call: (keys, { VirtualMFADeviceName }) => keys.createMfaDevice(VirtualMFADeviceName),
    answer: ({ serial: SerialNumber, seed }) => ({
      VirtualMFADevice: { SerialNumber, Base32StringSeed: encodeBase64(Buffer.from(base32(seed))) },
    }),
  }),
  iamAction('EnableMFADevice', {
    changes: true,
    request: z.strictObject({
      UserName: entityName,
      SerialNumber: serial,
      AuthenticationCode1: code,
      AuthenticationCode2: code,
    }),
    call: (keys, { UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }) =>
      keys.enableMfaDevice(UserName, SerialNumber, [AuthenticationCode1, AuthenticationCode2]),
    answer: nothing,
  }),
  iamAction('DeactivateMFADevice', {
    changes: true,
    request: z.strictObject({ UserName: entityName, SerialNumber: serial }),
    call: (keys, { UserName, SerialNumber }) => keys.deactivateMfaDevice(UserName, SerialNumber),
    answer: nothing,
  }),
  iamAction('DeleteVirtualMFADevice', {
    changes: true,
    request: z.strictObject({ SerialNumber: serial }),
    call: (keys, { SerialNumber }) => keys.deleteMfaDevice(SerialNumber),
    answer: nothing,
  }),
  iamAction('ListMFADevices', {
    changes: false,
    request: z.strictObject({ UserName: entityName, ...ofUser.fields }),
    call: (keys, { UserName }) => keys.listMfaDevices(UserName),
    answer: (devices, page) =>
      ofUser.answer('MFADevices', devices, page, ({ serial, userName, enabledAt }) => ({
        UserName: userName ?? '',
        SerialNumber: serial,
        EnableDate: iso(enabledAt ?? 0),
      })),
  }),
  iamAction('ListVirtualMFADevices', {
    changes: false,
    request: z.strictObject({
      ...list.fields,
      AssignmentStatus: z.enum(['Any', 'Assigned', 'Unassigned']).default('Any'),
    }),
    call: (keys) => keys.listMfaDevices(null),
    answer(devices, page) {
      const assigned = page.AssignmentStatus === 'Assigned'
      const chosen =
        page.AssignmentStatus === 'Any' ? devices : devices.filter(({ userName }) => (userName !== null) === assigned)
      return list.answer('VirtualMFADevices', chosen, page, ({ serial }) => ({ SerialNumber: serial }))
    },
  }),
]
