import { z } from 'zod'
import type { Rotated, RotationEntry, RotationStatus } from '../key-management.ts'
import { keyIdOfArn } from '../key-name.ts'
import { orderedNumber, type PlaceInList, pageAfter } from '../page-after.ts'
import { integer, keyName } from '../schema/fields.ts'
import { type Action, action } from './action.ts'
import { unserved } from './common-fields.ts'
import { markersOf, truncation } from './marker.ts'
import { changeOfKey, type KeyInput, keyRequest } from './on-one-key.ts'

const days = integer(7, 365).default(365)

const enableKeyRotation = action<KeyInput & { readonly days: number }, void>({
  permission: 'kms:EnableKeyRotation',
  changes: true,
  call: (keys, { keyId, days }) => keys.enableRotation(keyId, days),
  tencent: {
    name: 'EnableKeyRotation',
    request: z
      .strictObject({ KeyId: keyName, RotateDays: days })
      .transform(({ KeyId, RotateDays }) => ({ keyId: KeyId, days: RotateDays })),
    answer: () => ({}),
  },
  aws: {
    name: 'EnableKeyRotation',
    request: z
      .strictObject({ KeyId: keyName, RotationPeriodInDays: days })
      .transform(({ KeyId, RotationPeriodInDays }) => ({ keyId: KeyId, days: RotationPeriodInDays })),
    answer: () => ({}),
  },
})

const getKeyRotationStatus = action<KeyInput, RotationStatus>({
  permission: 'kms:GetKeyRotationStatus',
  changes: false,
  call: (keys, { keyId }) => keys.rotationStatus(keyId),
  tencent: {
    name: 'GetKeyRotationStatus',
    request: keyRequest,
    answer: ({ enabled }) => ({ KeyRotationEnabled: enabled }),
  },
  aws: {
    name: 'GetKeyRotationStatus',
    request: keyRequest,
    answer: ({ keyId, enabled, days, nextAt }) => ({
      KeyId: keyId,
      KeyRotationEnabled: enabled,
      ...(days === null ? {} : { RotationPeriodInDays: days }),
      ...(nextAt === null ? {} : { NextRotationDate: nextAt / 1000 }),
    }),
  },
})

const rotateKey = action<KeyInput, Rotated>({
  permission: 'kms:RotateKeyOnDemand',
  changes: true,
  call: (keys, { keyId }) => keys.rotateKey(keyId),
  tencent: {
    name: 'RotateKey',
    request: keyRequest,
    answer: ({ keyId, version }) => ({ TaskId: `${keyIdOfArn(keyId)}/${version}` }),
  },
  aws: { name: 'RotateKeyOnDemand', request: keyRequest, answer: ({ keyId }) => ({ KeyId: keyIdOfArn(keyId) }) },
})

const markers = markersOf('rotations')

const listKeyRotations = action<KeyInput & PlaceInList, readonly RotationEntry[]>({
  permission: 'kms:ListKeyRotations',
  changes: false,
  call: (keys, { keyId }) => keys.listRotations(keyId),
  aws: {
    name: 'ListKeyRotations',
    request: z
      .strictObject({
        KeyId: keyName,
        Limit: integer(1, 1000).default(100),
        Marker: markers.given.optional(),
        IncludeKeyMaterial: unserved('a list of key material', (value) => value === 'ROTATIONS_ONLY'),
      })
      .transform(({ KeyId, Limit, Marker }) => ({ keyId: KeyId, limit: Limit, after: Marker })),
    answer(rotations, { keyId, ...place }) {
      const { page, next } = pageAfter(rotations, ({ version }) => orderedNumber(version), place)
      const view = page.map(({ at, kind }) => ({
        KeyId: keyIdOfArn(keyId),
        RotationDate: at / 1000,
        RotationType: kind === 'automatic' ? 'AUTOMATIC' : 'ON_DEMAND',
      }))
      return { Rotations: view, ...truncation(markers, next) }
    },
  },
})

const both = { tencent: 'DisableKeyRotation', aws: 'DisableKeyRotation' }

export const rotation: readonly Action[] = [
  enableKeyRotation,
  changeOfKey('kms:DisableKeyRotation', both, (keys, keyId) => keys.disableRotation(keyId)),
  getKeyRotationStatus,
  rotateKey,
  listKeyRotations,
]
